"""A customer's data: keys and datasets.

brownie run data publish_key age1…                        anybody publishes the key that envelopes are made for
brownie run data mint manifest.json 0                     the customer (WEB3CRM_ACCOUNT): a dataset of data class 0
brownie run data burn 123                                 the customer burns it
brownie run data migrate build/blobs                      anybody: moves a folder's blobs to the daemon of WEB3CRM_IPFS
"""

import sys
from pathlib import Path

from brownie import network, web3

from web3crm.cli import act, digest, one_of, open_session, recipient, say, unknown_act, whole
from web3crm.cli.storage import move_blobs
from web3crm.domain import Role
from web3crm.points.progress import Bars

__getattr__ = unknown_act(__name__)


@act
def publish_key(key: str) -> None:
    """Publishes the age recipient (age1…, or its 32 bytes as hex) that keys are wrapped to for oneself."""
    session = open_session(web3, network.show_active())
    published = recipient("key", key)
    session.send(session.programme.commons.keys.functions.publish(published), sender=session.customer())
    say(f"{session.me()} published {key}")


@act
def publish_brand_key(key: str) -> None:
    """Publishes the brand's own recipient."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    act_ = programme.commons.keys.functions.publish(recipient("key", key))
    session.send(programme.as_brand(act_), sender=session.staff(Role.PRIVACY))
    say(f"{programme.brand} published {key}")


@act
def mint(manifest: str, data_class: str) -> None:
    """Makes a dataset of a manifest (a file, or its SHA-256 as 0x and hex digits)."""
    session = open_session(web3, network.show_active())
    datasets, kind = session.programme.commons.datasets, whole("data_class", data_class, most=63)
    receipt = session.send(datasets.functions.mint(digest("manifest", manifest), kind), sender=session.customer())
    (made,) = session.chain.events(receipt, datasets, "DatasetMinted")
    say(f"{session.me()} has dataset {made.args['datasetId']}")


@act
def burn(dataset: str) -> None:
    """Burns a dataset of one's own."""
    session = open_session(web3, network.show_active())
    number = whole("dataset", dataset)
    session.send(session.programme.commons.datasets.functions.burn(number), sender=session.customer())
    say(f"dataset {number} is burned")


@act
def migrate(folder: str, remove: str = "no") -> None:
    """Moves the blobs of a folder to WEB3CRM_IPFS. Done again it goes on. `remove yes` empties the folder once all is there."""
    wanted = one_of("remove", remove, {"yes": True, "no": False})
    with Bars() as watch:
        done, target = move_blobs(Path(folder), remove=wanted, watch=watch)
    say(
        f"{done.sent} blobs were sent to {target}, {done.present} were there already",
        *(f"  {cid} is damaged in {folder}, and is not moved: {wrong}" for cid, wrong in done.damaged.items()),
        *([f"{done.removed} blobs are removed from {folder}"] if done.removed else []),
    )
    if not done.complete:
        say(f"{len(done.damaged)} blobs are missing there" + ("; nothing is removed" if wanted else ""))
        sys.exit(1)
