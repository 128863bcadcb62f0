"""From a file and ``--set`` to a configuration, and every refusal with its place."""

import json
import os
from pathlib import Path

import pytest

from configs.errors import ConfigError
from configs.load import MAX_BYTES, load

PLAIN = """\
name: hand
data: {source: csv, path: prices, start: 2024-01-02}
pair: {long: SMH, short: IGV}
signal:
  kind: correlation
  window: 20
rebalance: {kind: weekly}
costs:
  spread: {SMH: 2.0}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(folder, text=PLAIN, overrides=()):
    (folder / "run.yaml").write_text(text, encoding="utf-8", newline="")
    return load(Path("run.yaml"), overrides)


def refusal(folder, text=PLAIN, overrides=()):
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text, overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_becomes_a_configuration(folder):
    config = loaded(folder)
    assert (config.pair.long, config.pair.short) == ("SMH", "IGV")
    assert config.signal.window == 20
    assert config.rebalance.kind == "weekly"


@pytest.mark.parametrize("text", [PLAIN.replace("\n", "\r\n"), "\ufeff" + PLAIN])
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(folder, text):
    assert loaded(folder, text) == loaded(folder)


# --- the file itself ---


def test_a_missing_file_suggests_a_neighbour(folder):
    loaded(folder)
    with pytest.raises(ConfigError) as caught:
        load(Path("rnu.yaml"))
    assert str(caught.value) == "rnu.yaml: no such file; did you mean run.yaml?"


def test_a_folder_is_no_configuration(folder):
    with pytest.raises(ConfigError, match="was a folder; expected a YAML file in it"):
        load(folder)


def test_bytes_that_are_not_utf_8_are_refused(folder):
    path = folder / "latin.yaml"
    path.write_bytes("name: caf\u00e9\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.yaml:1: cannot be read as UTF-8 text"):
        load(path)


def test_a_file_above_a_megabyte_is_refused_unread(folder):
    path = folder / "big.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError, match=r"was 1,000,001 bytes; expected at most 1,000,000"):
        load(path)


def test_a_file_of_exactly_a_megabyte_is_read(folder):
    text = PLAIN + "#" * (MAX_BYTES - len(PLAIN))
    assert loaded(folder, text) == loaded(folder)


# --- keys and values of a file ---

REFUSED = [
    # unknown keys, and the key that was meant
    ("rebalance:", "rebalanc:", "run.yaml:7: unknown key rebalanc; did you mean rebalance?"),
    ("  window: 20", "  windw: 20", "run.yaml:6: unknown key signal.windw; did you mean window? "
     "for kind correlation (to change the kind, replace the whole section: "
     "--set 'signal={kind: correlation}')"),
    ("name: hand\n", "name: hand\nqqq: 1\n", "run.yaml:2: unknown key qqq; expected account, "
     "audit, costs, data, entries, exits, fundamentals, name, pair, rebalance, regime, signal, "
     "sizing, strategy"),
    ("{kind: weekly}", "{kind: weekly, day: 5}", "run.yaml:7: unknown key rebalance.day; expected "
     "every, kind, min_trade_usd, on, phase for kind weekly (to change the kind, replace the whole "
     "section: --set 'rebalance={kind: weekly}')"),
    ("{SMH: 2.0}", "{defalt_bps: 2.0}", "run.yaml:9: unknown key costs.spread.defalt_bps; "
     "did you mean default_bps?"),
    ("{SMH: 2.0}", "{smh: 2.0}", "run.yaml:9: unknown key costs.spread.smh; expected default_bps, "
     "kind, open_multiplier, tick_usd or an upper-case ticker"),
    # kinds
    ("kind: weekly", "kind: weekyl", "run.yaml:7: rebalance.kind was 'weekyl'; expected one of "
     "any_of, band, daily, monthly, never, on_filing, quarterly, vol_ratio, "
     "weekly; did you mean weekly?"),
    ("  kind: correlation\n", "", "run.yaml:4: signal.kind is missing; expected one of always, "
     "capex, correlation, spread"),
    # nothing is converted to the type that was expected
    ("window: 20", "window: 20.0", "run.yaml:6: signal.window was 20.0; expected a valid integer"),
    ("window: 20", "window: '20'", "run.yaml:6: signal.window was '20'; expected a valid integer"),
    ("SMH: 2.0", "SMH: true", "run.yaml:9: costs.spread.SMH was True; expected a valid number"),
    ("name: hand", "name: 12", "run.yaml:1: name was 12; expected a valid string"),
    ("name: hand", "name: ''", "run.yaml:1: name was ''; expected at least 1 character"),
    ("long: SMH", "long: on", "run.yaml:3: pair.long was 'on'; expected an upper-case ticker, "
     "like ON"),
    ("long: SMH", "long: ../x", "run.yaml:3: pair.long was '../x'; expected an upper-case ticker, "
     "like ..X"),
    ("2024-01-02", "02/01/2024", "run.yaml:2: data.start was '02/01/2024'; expected a date like "
     "2023-04-11"),
    ("2024-01-02", "2024-01-02T10:00:00", "run.yaml:2: data.start was '2024-01-02T10:00:00'; "
     "expected a date like 2023-04-11"),
    ("{kind: weekly}", "weekly", "run.yaml:7: rebalance was 'weekly'; expected a mapping of keys"),
    # ranges
    ("window: 20", "window: 0", "run.yaml:6: signal.window was 0; expected greater than or equal "
     "to 3"),
    ("SMH: 2.0", "SMH: -2", "run.yaml:9: costs.spread.SMH was -2; expected greater than or equal "
     "to 0"),
    ("SMH: 2.0", "SMH: .inf", "run.yaml:9: costs.spread.SMH was inf; expected a finite number"),
    # missing
    ("pair: {long: SMH, short: IGV}\n", "", "run.yaml: pair is missing; expected The two legs"),
    (", short: IGV", "", "run.yaml:3: pair.short is missing; expected Symbol sold short at entry"),
    # across keys
    ("short: IGV", "short: SMH", "run.yaml:3: pair.short was SMH; expected a symbol other than "
     "pair.long"),
    ("start: 2024-01-02", "start: 2024-01-02, end: 2024-01-01", "run.yaml:2: data.end was "
     "2024-01-01; expected a date not before start 2024-01-02"),
    ("path: prices, ", "", "run.yaml:2: data.path was null; expected the folder of <TICKER>.csv "
     "files"),
    ("source: csv", "source: sample", "run.yaml:2: data.path was 'prices'; expected null, because "
     "source sample reads no folder (set data.source: csv to read it)"),
    ("window: 20", "zscore: rolling\n  zscore_window: 62", "run.yaml:4: signal.min_periods was 63; "
     "expected at most zscore_window (62)"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now", "message"), REFUSED)
def test_a_wrong_key_is_refused_with_its_line(folder, was, now, message):
    assert PLAIN.count(was) == 1
    assert refusal(folder, PLAIN.replace(was, now)) == message


def test_an_exit_on_z_needs_a_signal_with_a_z(folder):
    text = PLAIN.replace("correlation\n  window: 20", "always\nexits: {z_above: 1.5}")
    assert refusal(folder, text) == (
        "run.yaml:6: exits.z_above was 1.5; expected null, because signal kind always has no z "
        "of a correlation"
    )


def test_the_first_mistake_is_told_and_the_others_counted(folder):
    text = PLAIN.replace("window: 20", "window: 0").replace("SMH: 2.0", "SMH: -2")
    message = refusal(folder, text)
    assert message.startswith("run.yaml:6: signal.window was 0; ")
    assert message.endswith(" (and 1 more)")


def test_a_long_value_is_shown_short(folder):
    message = refusal(folder, PLAIN.replace("hand", "h" * 5000))
    assert message.startswith("run.yaml:1: name was 'hhh")
    assert len(message) < 150


# --- overrides ---


def test_set_overrides_one_key_and_leaves_its_neighbours(folder):
    config = loaded(folder, overrides=["signal.window=30"])
    assert (config.signal.window, config.signal.kind) == (30, "correlation")


def test_set_values_are_yaml(folder):
    overrides = ["costs.borrow.default_rate=1e-3", "account.fractional=true", "data.end=2024-02-01"]
    config = loaded(folder, overrides=overrides)
    assert config.costs.borrow.default_rate == 0.001
    assert config.account.fractional is True
    assert config.data.end.isoformat() == "2024-02-01"


def test_set_with_nothing_after_the_sign_is_null(folder):
    config = loaded(folder, PLAIN + "exits: {holding_sessions: 5}\n", ["exits.holding_sessions="])
    assert config.exits.holding_sessions is None


def test_set_replaces_a_mapping_whole(folder):
    config = loaded(folder, overrides=["costs.spread={IGV: 1}"])
    assert config.costs.spread.by_symbol == {"IGV": 1.0}


def test_set_makes_the_sections_it_needs(folder):
    assert loaded(folder, overrides=["exits.holding_sessions=9"]).exits.holding_sessions == 9
    empty = PLAIN + "exits:\n"
    assert loaded(folder, empty, ["exits.holding_sessions=9"]).exits.holding_sessions == 9


def test_the_last_set_of_a_key_wins(folder):
    config = loaded(folder, overrides=["signal.window=30", "signal.window=40"])
    assert config.signal.window == 40


def test_set_can_mend_what_the_file_has_wrong(folder):
    assert loaded(
        folder, PLAIN.replace("window: 20", "window: zero"), ["signal.window=20"]
    ) == loaded(folder)


def test_set_keeps_the_value_after_the_first_sign(folder):
    assert loaded(folder, overrides=["name=a=b"]).name == "a=b"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("signal.window", "expected key.path=VALUE, like rebalance.kind=monthly"),
        ("=3", "expected key.path=VALUE, like rebalance.kind=monthly"),
        ("signal..window=3", "expected key.path=VALUE, like rebalance.kind=monthly"),
        ("signal.windw=3", "unknown key signal.windw; did you mean window? for kind correlation "
         "(to change the kind, replace the whole section: --set 'signal={kind: correlation}')"),
        ("no.such.key=3", "unknown key no; expected account, audit, costs, data, entries, exits, "
         "fundamentals, name, pair, rebalance, regime, signal, sizing, strategy"),
        ("exits.holding_session=3", "unknown key exits.holding_session; "
         "did you mean holding_sessions?"),
        ("name.x=3", "name was 'hand'; expected a mapping"),
        ("signal.window=0", "signal.window was 0; expected greater than or equal to 3"),
        ("signal={kind: always, enter_below: -1}", "unknown key signal.enter_below; expected kind "
         "for kind always (to change the kind, replace the whole section: "
         "--set 'signal={kind: always}')"),
        ("costs.commission.kind=bps", "costs.commission.bps is missing; expected Basis points of "
         "the traded notional, per order"),
        ("pair.short=SMH", "pair.short was SMH; expected a symbol other than pair.long"),
    ],
)  # fmt: skip
def test_a_wrong_override_is_named_instead_of_a_line(folder, override, message):
    assert refusal(folder, overrides=[override]) == f"--set {override}: {message}"


def test_a_replaced_mapping_takes_its_lines_with_it(folder):
    text = PLAIN + "  commission: {kind: bps, bps: 1}\n"
    override = "costs.commission={kind: bps}"
    message = refusal(folder, text, [override])
    assert message.startswith(f"--set {override}: costs.commission.bps is missing")


def test_a_value_that_is_no_yaml_names_its_override(folder):
    override = "exits={stop_loss: 1, stop_loss: 2}"
    assert refusal(folder, overrides=[override]) == (
        f"--set {override}:1: stop_loss was given twice; expected it once"
    )


def test_an_unsound_file_is_blamed_by_line_although_a_neighbour_was_set(folder):
    message = refusal(folder, PLAIN.replace("window: 20", "window: 0"), ["signal.min_periods=9"])
    assert message.startswith("run.yaml:6: signal.window was 0")


# --- what would take for ever or leave by another door ---


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (".".join(["exits"] * 2000) + "=1", "was 2,000 keys deep; expected at most 10"),
        ("audit.horizons=[" + "21," * 10_000 + "21]", "more than 5,000 keys and values"),
        ("audit.horizons=[" + "21," * 100 + "21]", "expected at most 20 of them"),
        ("account.cash=" + "1" * 400, "expected a valid number"),
        ("signal.window=" + "1" * 400, "expected sessions, at most 20,000"),
        ("signal.window=" + "1" * 5000, "Exceeds the limit (4300 digits)"),
        ('name="\\UFFFFFFFF"', "an escape names a character that there is not"),
        ('costs.spread={"\\uD800": 1}', "expected default_bps, kind"),
        ("x" * 3000 + "=1", "unknown key xxx"),
        ("costs.fees.kind=[" + "1," * 3000 + "1]", "expected one of none, us_sales"),
        ("signal=" + "[" * 5000, "nested too deeply"),
    ],
)
def test_an_override_made_to_break_is_one_short_line(folder, override, message):
    said = refusal(folder, overrides=[override])
    assert message in said
    assert len(said) < 600


def test_more_overrides_than_anybody_types_are_refused(folder):
    loaded(folder, overrides=["account.cash=1"] * 200)
    assert "--set was given 201 times" in refusal(folder, overrides=["account.cash=1"] * 201)


def test_a_mistake_in_each_of_many_keys_is_told_once_and_counted(folder):
    spread = "{" + ", ".join(f"A{number}: -1" for number in range(150)) + "}"
    assert refusal(folder, overrides=[f"costs.spread={spread}"]).endswith("(and 149 more)")


def test_a_pipe_and_a_link_to_itself_are_no_configuration(folder):
    os.mkfifo(folder / "pipe.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(ConfigError, match=r"pipe\.yaml: was a named pipe; expected a file"):
        load(Path("pipe.yaml"))
    with pytest.raises(ConfigError, match=r"loop\.yaml: cannot be read"):
        load(Path("loop.yaml"))


def test_a_shell_s_own_pipe_is_read(folder):
    reading, writing = os.pipe()
    os.write(writing, PLAIN.encode())
    os.close(writing)
    try:
        assert load(Path(f"/dev/fd/{reading}")) == loaded(folder)
    finally:
        os.close(reading)


def test_an_empty_file_is_called_empty_and_told_how_to_begin(tmp_path):
    (tmp_path / "run.yaml").write_text("# nothing yet\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"was empty; .* as run\.py init FILE writes one"):
        load(tmp_path / "run.yaml")


def test_a_missing_section_of_several_kinds_is_told_by_its_kinds(tmp_path):
    text = "name: x\ndata: {source: sample, start: 2023-04-11}\npair: {long: SMH, short: IGV}\n"
    (tmp_path / "run.yaml").write_text(text, encoding="utf-8")
    kinds = r"\(always, capex, correlation, spread\), like signal: \{kind: always\}"
    with pytest.raises(ConfigError, match=rf"signal is missing; expected .* kind {kinds}$"):
        load(tmp_path / "run.yaml")


@pytest.mark.parametrize("key", ["[key", "a[b]", "function-after[checked(), float]", "\u202e["])
def test_a_key_in_brackets_is_one_of_the_file_s_own(tmp_path, key):
    file = tmp_path / "odd.yaml"
    file.write_text(f"{PLAIN}{json.dumps(key)}: 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="unknown key"):
        load(file)
