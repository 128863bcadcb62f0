"""Run in a copy of the program with additions: each configuration through all of it, as JSON."""

import json
import sys

from configs import compare, reference, schema
from configs.schema import RunConfig
from configs.sentence import sentence
from engine.many import run_once
from engine.prepare.prepared import prepare
from engine.run import read_market, run
from reports.pages.run.page import run_page

GENERATED = {
    "reference": reference.text(),
    "editors": [schema.schema_text(), compare.schema_text()],
}


def told(asked):
    """Return what a run says that the tests look at."""
    config = RunConfig.model_validate(asked)
    market = read_market(config)
    result = run(config, market)
    loops = run_once(prepare(config, market))
    return {
        "file": schema.__file__,
        **GENERATED,
        "sentence": sentence(config),
        "page": run_page(result),
        "headline": result.headline,
        "loops_agree": loops.sessions["equity"].tolist() == result.ledger["equity"].tolist(),
        "states": [(each.kind, each.reading, each.level) for each in result.thesis],
        "used": [] if result.filings is None else result.filings.known["used_for"].tolist(),
        **{
            name: getattr(result, name).astype(object).map(str).to_dict("list")
            for name in ("ledger", "fills", "trades", "signals")
        },
    }


sys.stdout.write(json.dumps([told(each) for each in json.loads(sys.argv[1])]))
