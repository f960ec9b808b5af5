"""Pictures of the whole: what is believed in a photograph, in other versions of it, and in a video."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from scripts.decoding_pictures.camera import gray, label, photographed, scene
from scripts.decoding_pictures.figures import Pixels, picture, save
from services.camera.preview import outlines
from services.decoding import DESKTOP, PHONE, FrameTracker, decode
from services.decoding.cascade import run
from services.decoding.picture import Picture


def found(out: Path) -> None:
    """The whole: a photograph and what is believed."""
    image = scene()
    panel = picture(image, 640)
    for symbol in decode(image, budget=30):
        panel.ring(symbol.corners, (70, 235, 150))
        left, top = symbol.corners[0]
        panel.word((left, top - 10), f"{symbol.symbology}, by “{symbol.step}”", (255, 255, 255), 14, "ls")
    save(out, [panel], coloured=True)


def said(image: Pixels, name: str) -> str:
    """What a step reads in a picture."""
    (step,) = {step.name: step for step in DESKTOP + PHONE if step.name == name}.values()
    (reads,) = run(Picture(image), [step], time.monotonic() + 30, lambda: False)
    return ", ".join(
        sorted(f"{read.symbology} {read.text}" if read.text.isdigit() else read.symbology for read in reads)
    )


def contrast(out: Path) -> None:
    """Local contrast: a picture in the dark, as it is and evened out."""
    corners = [(60.0, 20.0), (660.0, 60.0), (630.0, 450.0), (90.0, 430.0)]
    dark = gray(photographed(label(), (720, 470), corners, curved=0.5, blur=1.0, light=(0.06, 0.05), noise=1.0))
    lit = np.asarray(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(dark), np.uint8)
    panels = [
        picture(image, 429, f"“{step}”: {said(dark, step) or 'nothing'}")
        for image, step in ((dark, "zxing"), (lit, "zxing contrast"))
    ]
    save(out, panels)


def double(out: Path) -> None:
    """Double size: modules of less than two pixels."""
    corners = [(30.0, 10.0), (330.0, 20.0), (325.0, 215.0), (35.0, 210.0)]
    small = gray(photographed(label(), (360, 235), corners, curved=0.3, blur=0.4, light=(0.9, 0.7), noise=1.0))
    twice = np.asarray(cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    panels = [
        picture(image[len(image) // 2 :], 429, f"“{step}”: {said(small, step) or 'nothing'}", smooth=False)
        for image, step in ((small, "zbar"), (twice, "zbar double"))
    ]
    save(out, panels)


def frames(out: Path) -> None:
    """Video: what the tracker and the overlay make of one frame after the other."""
    tracker = FrameTracker(PHONE)
    panels = []
    for number, (near, blur) in enumerate(((0.2, 0.6), (0.33, 1.7), (0.5, 1.25), (0.5, 1.2)), 1):
        box = np.array([[-600.0, -500.0], [600.0, -420.0], [570.0, 420.0], [-560.0, 380.0]]) * near + (320, 240)
        corners = [(float(x), float(y)) for x, y in box]
        frame = photographed(label(), (640, 480), corners, curved=0.5, blur=blur, light=(0.8, 0.6))
        look = tracker.look(frame, number / 10, budget=30)
        words = [f"unread, module {max(bars.module for bars in look.unread):.1f} px"] if look.unread else []
        words += [f"new: {symbol.symbology}" for symbol in look.new]
        panel = picture(frame, 207, f"{number}: {', '.join(words) or 'nothing new'}")
        for outline in outlines(look):
            panel.ring(outline.corners, (70, 235, 150) if outline.read else (255, 160, 30))
        panels.append(panel)
    save(out, panels, coloured=True)
