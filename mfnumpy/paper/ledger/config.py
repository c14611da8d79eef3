"""What one run is: every setting that its result depends on, and a hash that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from mfnumpy import choices
from mfnumpy.errors import InvalidValueError

KEY_LENGTH = 12
"""Hexadecimal digits of a hash that a file name carries: 48 bits, ample for thousands of configurations."""


def key_of(settings: Mapping[str, Any]) -> str:
    """The hash of a configuration: SHA-256 of its JSON with sorted keys and no spaces, shortened.

    The same settings give the same key in every Python and on every machine. Raises InvalidValueError if a value
    is not JSON.
    """
    try:
        text = json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(f"A configuration must hold JSON values only: {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


LATER: dict[str, Any] = {"engine": "reference", "tested": "every", "init": 1.0, "rates": {}}
"""Settings that the first records did not have, and what was done before there were others."""

_WORD, _VALUES = ("engine", "room"), {"reference": "rules"}


def stored(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings in the words of the ledger: an engine is stored as a room, the reference engine as "rules".

    These are the first records' words. A key is the hash of what is stored, so with others every key would change.
    """
    own, old = _WORD
    return {old if k == own else k: _VALUES.get(v, v) if k == own else v for k, v in settings.items()}


def as_named(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Stored settings in the words of the code: what `stored` did, undone."""
    own, old = _WORD
    values = {there: here for here, there in _VALUES.items()}
    return {own if k == old else k: values.get(v, v) if k == old else v for k, v in settings.items()}


def said(name: str, value: Any) -> str:
    """A setting for people: "batch size 64", "rates M 0.003", "subset all"."""
    return f"{name.replace('_', ' ')} {_value(value)}"


def _value(value: Any) -> str:
    """A setting's value; None, where nothing is left out, as "all"."""
    if isinstance(value, Mapping):
        return ", ".join(said(name, one) for name, one in value.items()) or "none"
    if isinstance(value, tuple | list):
        return " ".join(map(_value, value)) or "none"
    return "all" if value is None else f"{value}"


@dataclass(frozen=True)
class Config:
    """A training run, without its seed. Two runs with equal settings and seed give the same history.

    dataset, subset, validation, split: what `data_utils.load` is asked for; `split` is its seed, the same
        for every run, so that seeds differ in initialisation and order only; or "seed": the run's own, for the test
        part too.
    network: as `network.named` reads it.
    rule, options: as `rules.make` reads them.
    lr, batch_size, epochs, decay: as `Trainer` does (batch_size None: full batch); the optimiser is Adam, as in the
        paper.
    patience: of the stopping rule, applied to the history afterwards.
    engine: "reference", the rules as they are written, or "fast", the fast engine on one thread.
    tested: which epochs are evaluated on the test part: "every", or "kept", those that may be reported alone.
    init: the factor of the weights that the network starts with, as `network.named` reads it.
    rates: other learning rates, as `optim.Adam` reads them: {"M": 0.003}.
    """

    dataset: str
    network: str
    rule: str
    lr: float
    epochs: int
    batch_size: int | None = choices.BATCH_SIZE.default
    decay: str = choices.DECAY.value
    patience: int = choices.PATIENCE.of("reproduce")
    subset: int | None = None
    validation: int | float = choices.VALIDATION.value
    split: int | str = 0
    options: dict[str, Any] = field(default_factory=dict)
    engine: str = "reference"
    tested: str = "every"
    init: float = 1.0
    rates: dict[str, float] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """The JSON form, from which `Config.of` builds the same configuration again.

        What was added later is there only where it is not as before: a configuration keeps the hash that it had.
        """
        settings = {"kind": "train"} | {f.name: getattr(self, f.name) for f in fields(self)}
        settings["options"] = dict(self.options)
        return stored({name: value for name, value in settings.items() if (name, value) not in LATER.items()})

    @property
    def key(self) -> str:
        """The hash of the settings; see `key_of`."""
        return key_of(self.settings)

    @property
    def label(self) -> str:
        """A name for people, at the front of the record's file name."""
        return "-".join(part.replace(":", "_") for part in (self.dataset, self.network, self.rule))

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Config:
        """Rebuild from `settings`. Raises InvalidValueError if it is not a training run's."""
        known = {f.name for f in fields(cls)}
        given = LATER | as_named(settings)
        if given.pop("kind", None) != "train" or set(given) != known:
            raise InvalidValueError(
                f"These are not the settings of a training run: missing {sorted(known - set(given)) or 'nothing'}, "
                f"unknown {sorted(set(given) - known) or 'nothing'}. Records of another version cannot be repeated."
            )
        return cls(**given)

    def with_(self, **changes: Any) -> Config:
        """The same configuration with some settings changed."""
        return replace(self, **changes)

    @property
    def by_the_other_engine(self) -> Config:
        """The same run by the other engine: the same numbers, to rounding."""
        return self.with_(engine="reference" if self.engine == "fast" else "fast")

    def tuned_as(self, found: Config) -> Config:
        """The same configuration with what a search chooses, as another has it: rate, options and init."""
        return self.with_(lr=found.lr, options=found.options, init=found.init)


@dataclass(frozen=True)
class Measurement:
    """A measurement of time or memory, not a training run. The seed is a repetition.

    kind: "prediction", "epoch_time" or "memory".
    label: for lists and file names.
    values: its settings.
    """

    kind: str
    label: str
    values: dict[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """The JSON form that is hashed and recorded."""
        return {"kind": self.kind} | self.values

    @property
    def key(self) -> str:
        """The hash of the settings; see `key_of`."""
        return key_of(self.settings)


@dataclass(frozen=True)
class Job:
    """One record to be: a configuration and a seed."""

    config: Config | Measurement
    seed: int

    @property
    def name(self) -> str:
        """The record's file name without its ending."""
        return f"{self.config.label}-{self.config.key}-s{self.seed}"

    @property
    def ways(self) -> list[Job]:
        """The job, and the same training run by the other engine, whose record does as well where the first has none.

        A GPU runs the rules as they are written; what it made counts where the plan names the fast engine, NumPy's.
        """
        if isinstance(self.config, Measurement):
            return [self]
        return [self, Job(self.config.by_the_other_engine, self.seed)]
