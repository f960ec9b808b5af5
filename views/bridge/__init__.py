"""The bridge from the page's own script (assets/bridge.js) to the session that the page shows."""

from views.bridge.bridge import Bridge, Keys, wishes_contrast
from views.bridge.dropped import PictureDrop
from views.bridge.keyboard import Keyboard

__all__ = ["Bridge", "Keyboard", "Keys", "PictureDrop", "wishes_contrast"]
