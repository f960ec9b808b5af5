"""What `flet build` would make of this project, read by Flet's own command up to the point where it needs Flutter."""

import argparse
import itertools
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flet_cli.commands.build import Command
from flet_cli.utils.processes import subprocess
from flet_cli.utils.pyproject_toml import load_pyproject_toml
from flet_cli.utils.python_versions import PythonRelease
from PIL import Image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
APP_FOLDERS = {"assets", "commands", "printing", "services", "views"}
PHONES = ("apk", "aab", "ipa", "ios-simulator")
DESKTOPS = ("windows", "macos", "linux")
TARGETS = (*PHONES, *DESKTOPS, "web")


class Build(Command):
    """Flet's build command without Flutter: what it would run is kept instead of run."""

    def __init__(self, target: str, build_dir: Path, flutter_dir: Path) -> None:
        parser = argparse.ArgumentParser()
        super().__init__(parser)
        self.options = parser.parse_args([target, str(ROOT)])
        self.target_platform = target
        self.package_platform = self.platforms[target]["package_platform"]
        self.config_platform = self.platforms[target]["config_platform"]
        self.python_app_path = ROOT
        self.build_dir, self.flutter_dir, self.out_dir = build_dir, flutter_dir, build_dir / "out"
        self.flutter_packages_dir = build_dir / "flutter-packages"
        self.flutter_packages_temp_dir = build_dir / "flutter-packages-temp"
        self.python_release = PythonRelease("3.12", "3.12.0", "0.27.0", ("arm64-v8a", "x86_64"), prerelease=False)
        self.template_digest = "0"
        self.emojis = {"checkmark": ""}
        self.dart_exe = self.flutter_exe = "not-installed"
        self.keys: set[str] = set()
        self.commands: list[list[str]] = []
        read = load_pyproject_toml(ROOT)

        def recorded(key: str | None = None) -> Any:
            self.keys.add(key or "")
            return read(key)

        self.get_pyproject = recorded

    def update_status(self, status: str) -> None:
        pass

    def cleanup(self, exit_code: int, message: Any = None, no_border: bool = False) -> None:
        pytest.fail(f"flet build {self.target_platform} stops with {exit_code}: {message}")

    def run(self, args: list[str], cwd: Any, env: Any = None, capture_output: bool = True) -> Any:
        self.commands.append(args)
        # What the two commands of a build would have left behind.
        (self.flutter_dir / "app").mkdir(parents=True, exist_ok=True)
        (self.flutter_dir / "app" / "app.zip").touch()
        (self.build_dir / "python-app").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(args, 0, "", "")

    def values_of(self, flag: str) -> list[str]:
        return [value for args in self.commands for name, value in itertools.pairwise(args) if name == flag]


def read_as_flet_does(target: str, tmp_path: Path) -> Build:
    flutter_dir = tmp_path / target / "flutter"
    flutter_dir.mkdir(parents=True)
    build = Build(target, tmp_path / target, flutter_dir)
    build.validate_entry_point()
    build.setup_template_data()
    # The runtime of Pyodide is a download and not configuration.
    build.resolve_no_cdn = lambda: False  # type: ignore[method-assign]
    build.package_python_app()
    build.customize_icons()
    build.customize_splash_images()
    build.run_flutter()
    return build


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


@pytest.mark.parametrize("target", ["apk", "aab"])
def test_android_asks_for_camera_and_place_in_use_only(builds: dict[str, Build], target: str) -> None:
    permissions = builds[target].template_data["options"]["android_permissions"]
    expected = ("INTERNET", "CAMERA", "ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION")
    assert {name for name, wanted in permissions.items() if wanted} == {f"android.permission.{n}" for n in expected}
    assert builds[target].android_extract_packages == ["cv2"]


@pytest.mark.parametrize(("target", "place"), [("ipa", "WhenInUse"), ("macos", "WhenInUse"), ("macos", "")])
def test_apple_texts_are_vietnamese_and_say_why(builds: dict[str, Build], target: str, place: str) -> None:
    info = builds[target].template_data["options"]["info_plist"]
    assert "quét mã" in info["NSCameraUsageDescription"]
    assert "không theo dõi vị trí trong nền" in info[f"NSLocation{place}UsageDescription"]
    assert not [key for key in info if "Always" in key]
    assert not [text for key, text in info.items() if key.endswith("Description") and text.isascii()]


def test_macos_may_use_camera_and_place(builds: dict[str, Build]) -> None:
    entitlements = builds["macos"].template_data["options"]["macos_entitlements"]
    assert entitlements["com.apple.security.device.camera"] is True
    assert entitlements["com.apple.security.personal-information.location"] is True


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
