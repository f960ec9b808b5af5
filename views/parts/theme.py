"""Makes Flutter's theme of the design's roles, and puts it on the page."""

from __future__ import annotations

import flet as ft

from views.design import CARD, CONTRAST, DARK, FIELD, LIGHT, SHEET, TEXT_FONT, Palette, Width


def apply_theme(page: ft.Page, chosen: str, width: Width, *, high_contrast: bool = False) -> bool:
    """Set `system`, `light`, `dark` or `contrast` on the page, with the type of a window so wide.

    `high_contrast` is the system's wish, followed where the person has chosen no other theme than the system's. Gives
    whether the theme is that of high contrast.
    """
    contrast = chosen == "contrast" or (chosen == "system" and high_contrast)
    page.theme = theme(CONTRAST if contrast else LIGHT, width)
    page.dark_theme = theme(DARK, width)
    modes = {"light": ft.ThemeMode.LIGHT, "dark": ft.ThemeMode.DARK}
    # Flutter would blend from its own blue theme into this one, which shows at the first frame.
    page.theme_animation_style = ft.AnimationStyle.no_animation()
    page.theme_mode = ft.ThemeMode.LIGHT if contrast else modes.get(chosen, ft.ThemeMode.SYSTEM)
    return contrast


def text_theme(palette: Palette, width: Width) -> ft.TextTheme:
    """The sizes, line heights and weights of the roles; larger on wide windows, heavier in high contrast.

    Lines are at least 1.42 of the size where a capital with two marks may stand below another line.
    """
    bold = palette is CONTRAST
    verdict = {Width.COMPACT: (34, 44) if bold else (30, 40), Width.MEDIUM: (34, 48), Width.EXPANDED: (40, 56)}[width]
    display = (34, 48) if width is Width.EXPANDED else (28, 40)
    body = ft.FontWeight.W_500 if bold else ft.FontWeight.W_400
    head = ft.FontWeight.W_700 if bold else ft.FontWeight.W_600

    def style(size: int, line: int, weight: ft.FontWeight) -> ft.TextStyle:
        return ft.TextStyle(
            size=size, height=line / size, weight=weight, font_family=TEXT_FONT, letter_spacing=0, color=palette.ink
        )

    small, label, read = style(14, 20, body), style(14, 20, ft.FontWeight.W_500), style(16, 24, body)
    sub, title = style(16, 24, head), style(18, 28, head)
    return ft.TextTheme(
        headline_large=style(*verdict, ft.FontWeight.W_700),
        headline_medium=style(*display, ft.FontWeight.W_700),
        headline_small=style(22, 32, head),
        display_large=style(40, 48, ft.FontWeight.W_700),
        display_medium=style(40, 48, ft.FontWeight.W_700),
        display_small=style(*display, ft.FontWeight.W_700),
        title_large=title,
        title_medium=sub,
        title_small=sub,
        body_large=read,
        body_medium=read,
        body_small=small,
        label_large=sub,
        label_medium=label,
        label_small=label,
    )


def colour_scheme(palette: Palette) -> ft.ColorScheme:
    """The palette as Flutter's roles, those for stars and tones too."""
    return ft.ColorScheme(
        primary=palette.primary,
        on_primary=palette.on_primary,
        primary_container=palette.chosen,
        on_primary_container=palette.on_chosen,
        secondary=palette.primary,
        on_secondary=palette.on_primary,
        secondary_container=palette.chosen,
        on_secondary_container=palette.on_chosen,
        surface=palette.background,
        on_surface=palette.ink,
        on_surface_variant=palette.ink_2,
        surface_bright=palette.surface,
        surface_dim=palette.surface_3,
        surface_container_lowest=palette.surface,
        surface_container_low=palette.surface,
        surface_container=palette.surface_2,
        surface_container_high=palette.surface,
        surface_container_highest=palette.surface_3,
        surface_tint=palette.surface,
        outline=palette.outline,
        outline_variant=palette.line,
        inverse_surface=palette.inverse,
        on_inverse_surface=palette.on_inverse,
        inverse_primary=palette.chosen,
        error=palette.bad,
        on_error=palette.on_bad,
        error_container=palette.surface,
        on_error_container=palette.bad,  # the label and the edge of a field with an error that the pointer is over
        primary_fixed_dim=palette.focus,
        secondary_fixed_dim=palette.star,
        tertiary=palette.good,
        on_tertiary=palette.good_band_icon,
        tertiary_container=palette.good_band,
        on_tertiary_container=palette.on_good_band,
        secondary_fixed=palette.caution_band,
        on_secondary_fixed=palette.on_caution_band,
        on_secondary_fixed_variant=palette.caution,
        primary_fixed=palette.bad_band,
        on_primary_fixed=palette.on_bad_band,
        tertiary_fixed=palette.unknown_band,
        on_tertiary_fixed=palette.on_unknown_band,
        on_tertiary_fixed_variant=palette.unknown,
        on_primary_fixed_variant=palette.unknown_band_icon,
    )


def _ring(palette: Palette) -> ft.BorderSide:
    """A ring of 3 px, 2 px away from the control: Flutter counts from the edge's middle in halves of the width."""
    return ft.BorderSide(3, palette.focus, stroke_align=7 / 3)


def _halo(palette: Palette) -> dict[ft.ControlState, str]:
    """What Flutter draws around small controls, which can have no ring: seen at once where one has the focus."""
    return {ft.ControlState.FOCUSED: ft.Colors.with_opacity(0.4, palette.focus)}


# No transitions: people wait for a verdict, and a field that is tapped while a screen slides loses the focus.
_AT_ONCE = ft.PageTransitionsTheme(
    android=ft.PageTransitionTheme.NONE,
    ios=ft.PageTransitionTheme.CUPERTINO,  # has the swipe back that people expect on iOS
    linux=ft.PageTransitionTheme.NONE,
    macos=ft.PageTransitionTheme.NONE,
    windows=ft.PageTransitionTheme.NONE,
)


def _button(palette: Palette, edge: ft.BorderSide | None = None, *, sides: int = 20) -> ft.ButtonStyle:
    """A button of 48 px and more: text that the person has enlarged makes it higher and cuts nothing."""
    return ft.ButtonStyle(
        padding=ft.Padding.symmetric(vertical=18 if palette is CONTRAST else 14, horizontal=sides),
        shape=ft.RoundedRectangleBorder(radius=CARD),
        side={ft.ControlState.FOCUSED: _ring(palette), ft.ControlState.DEFAULT: edge or ft.BorderSide.none()},
        text_style=ft.TextStyle(size=16, height=1.5, weight=ft.FontWeight.W_600, font_family=TEXT_FONT),
        icon_size=20,
        elevation=0,
    )


def theme(palette: Palette, width: Width) -> ft.Theme:
    """Flutter's theme for a palette and a window's width class.

    It has values: Flet reads the parts of a theme before its colour scheme is in force.
    """
    texts = text_theme(palette, width)
    edge = ft.BorderSide(2 if palette is CONTRAST else 1, palette.line)
    control = ft.BorderSide(2 if palette is CONTRAST else 1, palette.outline)
    rounded = ft.RoundedRectangleBorder(radius=CARD)
    return ft.Theme(
        font_family=TEXT_FONT,
        color_scheme=colour_scheme(palette),
        text_theme=texts,
        page_transitions=_AT_ONCE,
        visual_density=ft.VisualDensity.STANDARD,
        scaffold_bgcolor=palette.background,
        appbar_theme=ft.AppBarTheme(
            bgcolor=palette.background,
            color=palette.ink,
            elevation=0,
            elevation_on_scroll=0,
            title_text_style=texts.title_large,
            toolbar_height=56,
        ),
        card_theme=ft.CardTheme(
            color=palette.surface, elevation=0, margin=0, shape=ft.RoundedRectangleBorder(radius=CARD, side=edge)
        ),
        filled_button_theme=ft.FilledButtonTheme(_button(palette)),
        outlined_button_theme=ft.OutlinedButtonTheme(_button(palette, control)),
        text_button_theme=ft.TextButtonTheme(_button(palette, sides=12)),
        icon_button_theme=ft.IconButtonTheme(
            ft.ButtonStyle(
                shape=rounded,
                padding=12,
                side={ft.ControlState.FOCUSED: _ring(palette), ft.ControlState.DEFAULT: ft.BorderSide.none()},
            )
        ),
        segmented_button_theme=ft.SegmentedButtonTheme(
            style=ft.ButtonStyle(
                shape=ft.RoundedRectangleBorder(radius=FIELD),
                side={ft.ControlState.FOCUSED: ft.BorderSide(3, palette.focus), ft.ControlState.DEFAULT: control},
                padding=ft.Padding.symmetric(vertical=14, horizontal=8),
            )
        ),
        focus_color=ft.Colors.with_opacity(0.3, palette.focus),
        radio_theme=ft.RadioTheme(overlay_color=_halo(palette)),
        checkbox_theme=ft.CheckboxTheme(overlay_color=_halo(palette)),
        switch_theme=ft.SwitchTheme(overlay_color=_halo(palette)),
        divider_theme=ft.DividerTheme(color=palette.line, thickness=edge.width, space=edge.width),
        list_tile_theme=ft.ListTileTheme(
            title_text_style=texts.title_medium,
            subtitle_text_style=texts.body_small,
            leading_and_trailing_text_style=texts.body_small,
            min_height=64,
            horizontal_spacing=12,
        ),
        navigation_bar_theme=ft.NavigationBarTheme(
            bgcolor=palette.surface,
            elevation=0,
            height=72,
            indicator_color=palette.chosen,
            indicator_shape=ft.RoundedRectangleBorder(radius=FIELD),
            label_text_style=texts.label_medium,
            overlay_color=_halo(palette),
        ),
        navigation_rail_theme=ft.NavigationRailTheme(
            bgcolor=palette.surface,
            elevation=0,
            indicator_color=palette.chosen,
            indicator_shape=ft.RoundedRectangleBorder(radius=FIELD),
            min_width=88,
            min_extended_width=232,
            selected_label_text_style=texts.label_medium,
            unselected_label_text_style=texts.label_medium,
        ),
        snackbar_theme=ft.SnackBarTheme(
            bgcolor=palette.inverse,
            shape=rounded,
            content_text_style=ft.TextStyle(size=16, height=1.5, color=palette.on_inverse, font_family=TEXT_FONT),
            close_icon_color=palette.on_inverse,
            action_text_color=palette.on_inverse,
        ),
        dialog_theme=ft.DialogTheme(
            bgcolor=palette.surface,
            elevation=0,
            shape=ft.RoundedRectangleBorder(radius=SHEET, side=edge),
            title_text_style=texts.title_large,
            content_text_style=texts.body_medium,
        ),
        bottom_sheet_theme=ft.BottomSheetTheme(bgcolor=palette.surface),
        popup_menu_theme=ft.PopupMenuTheme(color=palette.surface, elevation=2, shape=rounded),
        progress_indicator_theme=ft.ProgressIndicatorTheme(color=palette.primary, linear_track_color=palette.surface_3),
        tooltip_theme=ft.TooltipTheme(
            text_style=ft.TextStyle(size=14, color=palette.on_inverse, font_family=TEXT_FONT)
        ),
    )
