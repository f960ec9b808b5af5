"""What drills share: figures on the screen, and an end that tells whether all held."""

from __future__ import annotations

import sys
import time


class Figures:
    """What a drill found. `exit()` ends it with 0 where all held, else with 1."""

    def __init__(self, drill: str) -> None:
        self._drill, self._failed, self._began = drill, list[str](), time.monotonic()

    def tell(self, what: str, figure: object) -> None:
        """Print a figure that nothing is demanded of."""
        print(f"      {what:<64} {figure}", flush=True)

    def hold(self, what: str, held: bool, figure: object = "") -> bool:
        """Print whether something held, with its figure. What did not is told once more at the end."""
        print(f"{'ok   ' if held else 'NOT  '} {what:<64} {figure}", flush=True)
        if not held:
            self._failed.append(what)
        return held

    def exit(self) -> None:
        """End the drill."""
        seconds = time.monotonic() - self._began
        if self._failed:
            print(f"drill {self._drill}: {len(self._failed)} did not hold ({'; '.join(self._failed)}), {seconds:.0f} s")
        else:
            print(f"drill {self._drill}: all held, {seconds:.0f} s")
        sys.exit(1 if self._failed else 0)
