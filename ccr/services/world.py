"""What a use case needs of the outside world, in one frozen value handed to it by its door."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from ccr.adapters.gazetteer import Gazetteer
from ccr.adapters.keys import KeyRing
from ccr.adapters.opening_hours import HoursBook
from ccr.adapters.pace import Pace
from ccr.adapters.provider_geocoder import ProviderGeocoder
from ccr.adapters.spoken_codes import WordList
from ccr.adapters.travel_times import TravelTimes
from ccr.config import PROJECT_ROOT, Settings


@dataclass(frozen=True)
class World:
    """The gazetteer, opening hours, keys, words, pace and chance that use cases draw on."""

    settings: Settings
    gazetteer: Gazetteer
    hours: HoursBook
    keys: KeyRing
    words: WordList
    open_data_pace: Pace
    geocoder: ProviderGeocoder | None = None
    """Looks up public addresses; None unless an administrator configured one."""
    travel: TravelTimes | None = None
    """Measures trips to public places; None unless an administrator configured it."""
    rng: random.Random = field(default_factory=random.SystemRandom)

    @classmethod
    def of(cls, settings: Settings) -> World:
        """Return the world as these settings describe it."""
        return cls(
            settings=settings,
            gazetteer=Gazetteer.load(PROJECT_ROOT / "data" / "reference" / "us_zip.csv"),
            hours=HoursBook(state="NY"),
            keys=KeyRing.load(settings.keys_dir / "ring.json"),
            words=WordList.load(),
            open_data_pace=Pace.of(settings.open_data_per_minute),
            geocoder=ProviderGeocoder.of(
                settings.geocoder, settings.geocoder_url, settings.geocoder_timeout
            ),
            travel=TravelTimes.of(
                settings.travel,
                car=settings.travel_url,
                foot=settings.travel_foot_url,
                timeout=settings.travel_timeout,
            ),
        )
