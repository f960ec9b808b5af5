"""What `flet build` would make of this project, read by Flet's own command up to the point where it needs Flutter."""

import ast
import fnmatch
import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.flet_build import DESKTOPS, PHONES, ROOT, TARGETS, Build, read_as_flet_does
from tests.support.packed import FLET_RECIPES, app_files, has_modules_of_c, lay_out, needed
from tests.support.packed_code import keywords, named_assets, used_services
from tests.support.packed_walk import SCREENS, WEB_SERVER
from views.parts.fonts import FIGURES_FILES, FOLDER, TEXT_FILES

pytestmark = pytest.mark.slow

APP_FOLDERS = {"assets", "commands", "printing", "services", "views"}


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Build]:
    tmp_path = tmp_path_factory.mktemp("build")
    return {target: read_as_flet_does(target, tmp_path) for target in TARGETS}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["tool"]["flet"]  # type: ignore[no-any-return]


def leaves(table: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}.{key}")
        else:
            yield f"{prefix}.{key}"


def test_every_setting_is_one_that_flet_reads(builds: dict[str, Build], settings: dict[str, Any]) -> None:
    asked = set().union(*(build.keys for build in builds.values())) - {""}
    unread = {leaf for leaf in leaves(settings, "tool.flet") if not any(f"{leaf}.".startswith(f"{k}.") for k in asked)}
    assert unread == set()


@pytest.mark.parametrize("target", TARGETS)
def test_the_product_has_its_own_name_and_id(builds: dict[str, Build], target: str) -> None:
    template = builds[target].template_data
    assert template["product_name"] == "OCOP Verify"
    assert template["artifact_name"] == "ocop-verify"
    assert template["project_name"] == "ocop_verify"
    assert template["bundle_id"] == "vn.ocopverify.app"
    assert template["python_module_name"] == "main"
    assert template["splash"]["color"] == template["adaptive_icon_background"] == "#0B6B57"


@pytest.mark.parametrize("target", PHONES)
def test_phones_get_no_package_without_a_wheel_for_them(builds: dict[str, Build], target: str) -> None:
    names = packages(builds[target])
    assert {"flet", "opencv-python", "pyzbar", "fpdf2", "segno"} <= names
    assert not names & {"zxing-cpp", "pypdfium2", "flet-desktop", "flet-web", "opencv-contrib-python"}


@pytest.mark.parametrize("target", DESKTOPS)
def test_desktops_get_zxing_and_pdfium(builds: dict[str, Build], target: str) -> None:
    assert [r for r in builds[target].values_of("-r") if r.startswith("zxing-cpp")] == ["zxing-cpp >=3.0"]
    assert "pypdfium2" in packages(builds[target])


def packages(build: Build) -> set[str]:
    return {requirement.split(">")[0].split("=")[0].strip() for requirement in build.values_of("-r")}


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_gets_its_own_key_store_and_no_other(builds: dict[str, Build], target: str) -> None:
    stores = {"flet-secure-storage"} if target in PHONES else {"keyring"} if target in DESKTOPS else set()
    assert packages(builds[target]) & {"flet-secure-storage", "keyring"} == stores
    assert "cryptography" in packages(builds[target])


@pytest.mark.parametrize("target", TARGETS)
def test_only_the_app_is_packed(builds: dict[str, Build], target: str) -> None:
    left_out = set(builds[target].values_of("--exclude"))
    folders = {entry.name for entry in os.scandir(ROOT) if entry.is_dir()}
    # On the web the assets travel beside the archive instead of in it.
    packed = APP_FOLDERS - ({"assets"} if target == "web" else set())
    assert folders - left_out == packed
    assert {"server", "tests", "benchmarks", "docs", "scripts", "requirements", ".ci", ".github"} <= left_out


# What the code asks of a device


@dataclass(frozen=True)
class Asks:
    """What a part of the app needs to be declared: on Android, in iOS's and macOS's lists, and of macOS's sandbox."""

    android: tuple[str, ...] = ()
    ios: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()


NOTHING = Asks()
ASKS = {
    # The camera's library is linked against the microphone, so Apple wants its text although no sound is recorded.
    "flet_camera.Camera": Asks(
        ("CAMERA",), ("NSCamera", "NSMicrophone"), ("NSCamera",), ("com.apple.security.device.camera",)
    ),
    "flet_geolocator.Geolocator": Asks(
        ("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"),
        ("NSLocationWhenInUse",),
        ("NSLocationWhenInUse", "NSLocation"),
        ("com.apple.security.personal-information.location",),
    ),
    "flet.FilePicker": Asks(
        ios=("NSPhotoLibrary",), entitlements=("com.apple.security.files.user-selected.read-write",)
    ),
    "requests": Asks(("INTERNET",), entitlements=("com.apple.security.network.client",)),
    # Their plug-ins need nothing, or declare it themselves.
    "flet_audio.Audio": NOTHING,
    "flet_secure_storage.SecureStorage": NOTHING,
    "flet.Connectivity": NOTHING,
    "flet.HapticFeedback": NOTHING,
    "flet.SemanticsService": NOTHING,
    "flet.Share": NOTHING,
    "flet.SharedPreferences": NOTHING,
    "flet.UrlLauncher": NOTHING,
    "flet.Wakelock": NOTHING,
}
"""Every service of the device that the code uses. Whoever uses another one finds out here what it needs."""

OF_FLET_ITSELF = (
    "com.apple.security.cs.allow-jit", "com.apple.security.cs.allow-unsigned-executable-memory",
    "com.apple.security.network.server",
)  # fmt: skip


def test_every_service_of_the_device_that_the_code_uses_is_known_here() -> None:
    """So that none is used without what has to be declared for it."""
    assert set(used_services()) | {"requests"} == set(ASKS)


@pytest.mark.parametrize("target", ["apk", "aab"])
def test_android_is_asked_for_what_the_code_uses_and_nothing_else(builds: dict[str, Build], target: str) -> None:
    permissions = builds[target].template_data["options"]["android_permissions"]
    expected = {f"android.permission.{name}" for asks in ASKS.values() for name in asks.android}
    assert {name for name, wanted in permissions.items() if wanted is True} == expected
    # A shop offers the app to devices without a camera, too: they type.
    features = builds[target].template_data["options"]["android_features"]
    assert {name for name in features if "camera" in name or "location" in name} >= {
        "android.hardware.camera", "android.hardware.camera.autofocus", "android.hardware.location.gps"
    }  # fmt: skip
    assert not any(features.values())
    # The camera's plug-in names it in its own manifest. Bound to a version before Android had users, it is never given.
    assert {name: wanted for name, wanted in permissions.items() if wanted is not True} == {
        "android.permission.RECORD_AUDIO": {"maxSdkVersion": 1}
    }


def test_the_microphone_is_never_opened() -> None:
    given = [node for _path, node in keywords("enable_audio")]
    assert given
    assert all(isinstance(node, ast.Constant) and node.value is False for node in given)


@pytest.mark.parametrize("target", ["ipa", "ios-simulator", "macos"])
def test_apple_is_told_why_in_both_languages_and_of_nothing_else(builds: dict[str, Build], target: str) -> None:
    info = builds[target].template_data["options"]["info_plist"]
    kind = "macos" if target == "macos" else "ios"
    texts = {key: text for key, text in info.items() if key.endswith("UsageDescription")}
    assert set(texts) == {f"{name}UsageDescription" for asks in ASKS.values() for name in getattr(asks, kind)}
    for text in texts.values():
        vietnamese, english = text.split(" / ")
        assert not vietnamese.isascii()
        assert english.isascii()
    assert "quét mã" in info["NSCameraUsageDescription"]
    assert "không theo dõi vị trí trong nền" in info["NSLocationWhenInUseUsageDescription"]


def test_macos_gives_what_the_code_uses_and_nothing_else(builds: dict[str, Build]) -> None:
    entitlements = builds["macos"].template_data["options"]["macos_entitlements"]
    ours = {name for asks in ASKS.values() for name in asks.entitlements}
    assert {name for name, given in entitlements.items() if given} == ours | set(OF_FLET_ITSELF)


# What is packed, and whether it is all that the code needs


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "web"])
def test_every_file_of_the_assets_is_packed(builds: dict[str, Build], target: str) -> None:
    lying = {str(path.relative_to(ROOT)) for path in (ROOT / "assets").rglob("*") if path.is_file()}
    assert {path for path in app_files(builds[target]) if path.startswith("assets/")} == lying


def test_every_asset_that_the_code_names_is_packed(builds: dict[str, Build]) -> None:
    packed = [path.removeprefix("assets/") for path in app_files(builds["apk"]) if path.startswith("assets/")]
    named = named_assets()
    assert {"tones/*.wav", "scanner/*.png", "samples/*", "scanner/sheet.pdf"} <= named
    assert {name for name in named if not fnmatch.filter(packed, name) + fnmatch.filter(packed, f"{name}/*")} == set()
    assert {f"{FOLDER}/{file}" for file in (*TEXT_FILES.values(), *FIGURES_FILES.values())} <= set(packed)


@pytest.mark.parametrize("target", PHONES)
def test_phones_can_have_each_package_that_the_requirements_lead_to(builds: dict[str, Build], target: str) -> None:
    found = {name: installed for name, installed in needed(builds[target].requirements).items() if installed}
    assert {name for name, installed in found.items() if has_modules_of_c(installed)} - FLET_RECIPES == set()
    assert {"opencv-python", "numpy", "pillow", "cryptography", "cffi"} <= set(found)


@pytest.mark.parametrize("target", [*DESKTOPS, "web"])
def test_where_opencv_reads_its_sources_they_are_packed(builds: dict[str, Build], target: str) -> None:
    """Its loader on computers stops without `config.py`, and compiled packages lose their sources."""
    assert "--compile-packages" not in builds[target].commands[0]
    assert "--compile-app" in builds[target].commands[0]


@pytest.mark.parametrize("target", ["apk", "aab"])
def test_opencv_lies_on_the_disk_of_android(builds: dict[str, Build], target: str) -> None:
    assert builds[target].android_extract_packages == ["cv2"]


def test_the_packed_app_starts_and_works_as_android_has_it(builds: dict[str, Build], tmp_path: Path) -> None:
    """Packages in an archive, modules of C elsewhere, nothing of this machine but Python. The drill starts others."""
    told = lay_out(builds["apk"], tmp_path / "package").walk(tmp_path / "device", phone=True)
    assert told["failed"] == {}
    assert "zxing-cpp       missing" in told["engines"]
    assert told["screens"] == list(SCREENS)
    assert {"assets/locale/vi/LC_MESSAGES/ocop.mo", "services/checklists/labels.json"} <= set(told["opened"])
    packed = (path.removesuffix(".py") for path in app_files(builds["apk"]) if path.endswith(".py"))
    modules = {path.removesuffix("/__init__").replace("/", ".") for path in packed}
    assert modules - set(told["modules"]) == WEB_SERVER | {"main"}


def test_an_unsigned_ios_build_can_be_asked_for(builds: dict[str, Build]) -> None:
    assert "--no-codesign" in builds["ipa"].commands[-1]


@pytest.mark.parametrize(
    ("name", "size", "mode"),
    [
        ("icon.png", 1024, "RGBA"),
        ("icon_android.png", 1024, "RGB"),
        ("icon_ios.png", 1024, "RGB"),  # App Store Connect refuses an alpha channel
        ("icon_macos.png", 1024, "RGB"),
        ("splash.png", 1024, "RGBA"),
        ("favicon.png", 64, "RGBA"),
        ("icons/icon-192.png", 192, "RGBA"),
        ("icons/icon-512.png", 512, "RGBA"),
        ("icons/icon-maskable-192.png", 192, "RGB"),
        ("icons/icon-maskable-512.png", 512, "RGB"),
        ("icons/apple-touch-icon-192.png", 192, "RGB"),
        ("icons/loading-animation.png", 400, "RGBA"),
    ],
)
def test_pictures_have_the_size_and_channels_their_platform_wants(name: str, size: int, mode: str) -> None:
    with Image.open(ROOT / "assets" / name) as image:
        assert (image.size, image.mode) == ((size, size), mode)


def test_the_mark_lies_in_the_circle_that_every_android_launcher_shows() -> None:
    with Image.open(ROOT / "assets" / "icon_android.png") as image:
        ground = image.getpixel((0, 0))
        for x in range(0, 1024, 4):
            for y in range(0, 1024, 4):
                if (x - 512) ** 2 + (y - 512) ** 2 > (512 * 2 / 3) ** 2:
                    pixel = image.getpixel((x, y))
                    assert max(pixel) < 120, f"something of the mark at {x}, {y}: {pixel} on {ground}"


def test_flet_draws_the_android_icons_from_ours(builds: dict[str, Build]) -> None:
    drawn = builds["apk"].flutter_dir / "android/app/src/main/res/drawable-xxxhdpi/ic_launcher_foreground.png"
    with Image.open(drawn) as image, Image.open(ROOT / "assets" / "icon_android.png") as ours:
        expected = ours.convert("RGBA").resize(image.size, Image.Resampling.LANCZOS)
        assert image.convert("RGBA").getpixel((200, 200)) == expected.getpixel((200, 200))


def test_the_installed_web_app_is_named_and_coloured_like_the_others(settings: dict[str, Any]) -> None:
    manifest = json.loads((ROOT / "assets" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["name"] == settings["product"]
    assert manifest["theme_color"] == settings["web"]["pwa_theme_color"]
    assert manifest["background_color"] == settings["web"]["pwa_background_color"] == settings["splash"]["color"]
    for icon in manifest["icons"]:
        with Image.open(ROOT / "assets" / icon["src"]) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
