"""A customer's data: keys, datasets, who may read them, and their end.

    brownie run data create 5 profile.json picture.png        the customer (WEB3CRM_ACCOUNT): seals and mints, class 5
    brownie run data share 123… brand                         she wraps the key for the brand, or for an address 0x…
    brownie run data share 123… brand 456…                    … under the paid access 456…
    brownie run data open 123… 2 folder                       the brand (WEB3CRM_IDENTITY) opens it, for purpose 2
    brownie run data read 123… folder                         the customer opens it
    brownie run data readers                                  the customer: who can read what, and until when
    brownie run data rotate 123…                              she gives it a new key, for those who may still read
    brownie run data abandon 123…                             … or takes a broken-off rotation back
    brownie run data unshare 123… brand                       she destroys an envelope
    brownie run data export folder                            she takes everything with her, in clear
    brownie run data erase 123… destroy                       she destroys every key of it, for good
    brownie run data new_identity file                        the brand makes its key; `publish_brand_key age1…`
    brownie run data publish_key age1…                        anybody publishes the key that envelopes are made for
    brownie run data mint manifest.json 0                     the customer: a dataset of a manifest made elsewhere
    brownie run data burn 123…                                she burns it
    brownie run data migrate build/blobs                      anybody: moves a folder's blobs to the daemon of WEB3CRM_IPFS

Her vault is the folder ~/.web3crm, or the one that WEB3CRM_HOME names; blobs lie there, too, or where WEB3CRM_IPFS or
WEB3CRM_BLOBS says. Datasets and accesses are numbers, decimal or 0x.
"""

import sys
from pathlib import Path

from brownie import network, web3

from web3crm.cli import act, digest, one_of, open_session, recipient, say, unknown_act, vaults, whole
from web3crm.cli.session import Session
from web3crm.cli.storage import move_blobs
from web3crm.domain import Role
from web3crm.errors import InputError
from web3crm.progress import Bars

__getattr__ = unknown_act(__name__)


def _grantee(session: Session, text: str) -> str:
    """A grantee argument: `brand`, or an address."""
    return session.programme.brand if text == "brand" else session.address("grantee", text)


@act
def main() -> None:
    """Lists the customer's datasets."""
    session = open_session(web3, network.show_active())
    vault = vaults.open_vault(session)
    entries = vault.keyring.entries()
    say(f"the vault of {session.me()} has {len(entries)} datasets")
    for entry in entries:
        name = "not minted yet" if entry.dataset is None else str(entry.dataset.token_id)
        say(f"  {name}: {vaults.class_name(entry.data_class)}, epoch {entry.key_epoch}, {entry.manifest_digest.hex()}")
    rotations, erasures = vault.unfinished()
    for dataset in rotations:
        say(f"the rotation of {dataset.token_id} is not finished: `data rotate` goes on, `data abandon` takes it back")
    for dataset in erasures:
        say(f"the erasure of {dataset.token_id} is not finished: `data erase` goes on")


@act
def new_identity(file: str) -> None:
    """Makes an age identity in a new private file and shows its public half."""
    say(vaults.fill_identity_file(Path(file)))


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
def create(data_class: str, *files: str) -> None:
    """Seals files into a dataset of one's own, and mints it."""
    session = open_session(web3, network.show_active())
    kind, clear = whole("data_class", data_class, most=63), vaults.clear_files(files)
    sealed = vaults.open_vault(session).create(clear, data_class=kind)
    say(f"sealed: manifest 0x{sealed.manifest_digest.hex()} at {sealed.manifest_cid}")
    for file, source in zip(sealed.manifest.files, clear, strict=True):
        say(f"  {source.name}: {file.media_type}, {file.size} bytes, {file.cid}")
    dataset = vaults.mint_dataset(session, sealed.manifest_digest, kind)
    say(f"{session.me()} has dataset {dataset.token_id} of class {vaults.class_name(kind)}")


@act
def mint(manifest: str, data_class: str) -> None:
    """Makes a dataset of a manifest (a file, or its SHA-256 as 0x and hex digits)."""
    session = open_session(web3, network.show_active())
    dataset = vaults.mint_dataset(session, digest("manifest", manifest), whole("data_class", data_class, most=63))
    say(f"{session.me()} has dataset {dataset.token_id}")


@act
def share(dataset: str, grantee: str, access: str = "") -> None:
    """Wraps a dataset's key for a grantee, for free or under a paid access; the keeper asks the chain before it gives it."""
    session = open_session(web3, network.show_active())
    number, who, under = vaults.dataset_id(session, dataset), _grantee(session, grantee), vaults.optional_access(access)
    key = vaults.published_recipient(session, who)
    envelope = vaults.vault_of(session, number).share(number, who, key, access_id=under)
    say(
        f"dataset {number.token_id} is shared with {who}, as far as her consent goes; envelope 0x{envelope.digest.hex()}"
    )


@act
def unshare(dataset: str, grantee: str, access: str = "") -> None:
    """Destroys what is kept for a grantee; what she was given before stays with her."""
    session = open_session(web3, network.show_active())
    number, who = vaults.dataset_id(session, dataset), _grantee(session, grantee)
    if not vaults.open_vault(session).unshare(number, who, access_id=vaults.optional_access(access)):
        raise InputError(f"no envelope of dataset {number.token_id} is kept for {who}")
    say(f"nothing of dataset {number.token_id} is released to {who} any more")


@act
def open(dataset: str, purpose: str, folder: str, access: str = "") -> None:  # noqa: A001 - what a person types
    """The brand opens a dataset for a purpose, into a new folder; refused unless consent covers it now."""
    session = open_session(web3, network.show_active())
    number, wanted = vaults.dataset_id(session, dataset), whole("purpose", purpose, most=63)
    brand, state = vaults.open_grantee(session), vaults.open_ledger(session).dataset(number)
    if state is None:
        raise InputError(f"there is no dataset {number.token_id} (any more)")
    keeper = vaults.open_keeper(session, state.owner)
    opened = brand.open(keeper, number, purpose=wanted, access_id=vaults.optional_access(access))
    opened.extract(Path(folder))
    say(f"{brand.address} opened dataset {number.token_id}: {len(opened.files)} files in {folder}")


@act
def read(dataset: str, folder: str) -> None:
    """The customer opens a dataset of her own, into a new folder."""
    session = open_session(web3, network.show_active())
    number = vaults.dataset_id(session, dataset)
    vault = vaults.vault_of(session, number)
    opened = vault.open(vault.keyring.current(number).manifest_digest)
    opened.extract(Path(folder))
    say(f"dataset {number.token_id}: {len(opened.files)} files in {folder}")


@act
def readers(dataset: str = "") -> None:
    """Lists who can read what, and until when."""
    session = open_session(web3, network.show_active())
    number = vaults.dataset_id(session, dataset) if dataset else None
    found = vaults.open_vault(session).readers(vaults.open_ledger(session), number)
    say(*([vaults.reader_text(reader) for reader in found] or ["nobody has an envelope"]))


@act
def rotate(dataset: str) -> None:
    """Gives a dataset a new key, and shuts those out who may not read it any more; run again, it goes on."""
    session = open_session(web3, network.show_active())
    number = vaults.dataset_id(session, dataset)
    vault = vaults.vault_of(session, number)
    rotated = vault.rotate(
        number, vaults.open_ledger(session), lambda prepared: vaults.publish_rotation(session, prepared)
    )
    say(f"dataset {number.token_id} is in key epoch {rotated.key_epoch}, manifest 0x{rotated.manifest_digest.hex()}")
    for grantee, _ in rotated.kept:
        say(f"  {grantee} has its key")
    for grantee, _, reason in rotated.shut_out:
        say(f"  {grantee} is shut out: {reason}")


@act
def abandon(dataset: str) -> None:
    """Takes a rotation back that was broken off and is not to be published; its transaction must not be on its way."""
    session = open_session(web3, network.show_active())
    number = vaults.dataset_id(session, dataset)
    if not vaults.open_vault(session).abandon_rotation(number, vaults.open_ledger(session)):
        raise InputError(f"no rotation of dataset {number.token_id} is under way")
    say(f"the rotation of dataset {number.token_id} is taken back: its key is as before")


@act
def export(folder: str, keys: str = "without_keys") -> None:
    """Writes everything the customer has, in clear, into a new folder; `with_keys` also the datasets' keys."""
    with_keys = one_of("keys", keys, {"without_keys": False, "with_keys": True})
    session = open_session(web3, network.show_active())
    exported = vaults.open_vault(session).export(Path(folder), identities=with_keys)
    say(f"{exported.files} files of {exported.datasets} datasets are in {folder}, in clear: keep it safe")
    if exported.missing:
        say("missing:", *(f"  {line}" for line in exported.missing))


@act
def erase(dataset: str, confirmation: str = "") -> None:
    """Destroys every key of a dataset for good: nobody reads it again, the customer neither."""
    session = open_session(web3, network.show_active())
    number = vaults.dataset_id(session, dataset)
    if confirmation != vaults.DESTROY:
        raise InputError(
            f"this destroys every key of dataset {number.token_id} for good, and nobody brings them back: add the word "
            f"{vaults.DESTROY} if that is what you want; `data export` takes a copy before"
        )
    shredded = vaults.vault_of(session, number).erase(number)
    say(
        f"dataset {number.token_id}: {len(shredded.identities)} keys and {len(shredded.envelopes)} envelopes destroyed, "
        f"{len(shredded.unpinned)} blobs {'removed' if shredded.collected else 'unpinned'}"
    )


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
