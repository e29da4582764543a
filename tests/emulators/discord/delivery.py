"""DAVE's delivery service for one call: who is in the group, what is proposed, whose commit counts."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from attrs import frozen

from .mls import BadMls, ExternalSender, KeyPackage, read_commit, read_key_package, vector

PREPARE_TRANSITION, EXECUTE_TRANSITION, PREPARE_EPOCH = 21, 22, 24
EXTERNAL_SENDER, KEY_PACKAGE, PROPOSALS, COMMIT_WELCOME = 25, 26, 27, 28
ANNOUNCE_COMMIT, WELCOME = 29, 30
VERSION = 1
APPEND = b"\x00"
Deliver = Callable[[int, int, Any], None]  # user id, op, bytes or a JSON object


@frozen
class Proposal:
    user_id: int
    adds: bool
    message: bytes


class Delivery:
    """A state machine: what clients send comes in by its methods, what the server says goes out by `deliver`.

    The group is established by its first commit (epoch 1); when one member stays it is forgotten again.
    """

    def __init__(self, channel_id: int, deliver: Deliver) -> None:
        self._deliver = deliver
        self._sender = ExternalSender()
        self._group_id = channel_id.to_bytes(8, "big")
        self.epoch = 0
        self.leaves: dict[int, int] = {}
        self.present: list[int] = []
        self.packages: dict[int, KeyPackage] = {}
        self.proposals: list[Proposal] = []
        self.transition = 0
        self.unready: dict[int, set[int]] = {}
        self.committers: list[int] = []
        self.dropped: list[str] = []
        """Commits that came too late or did not fit, each with its reason: lawful, and never answered."""

    @property
    def sender_package(self) -> bytes:
        """Op 25: whose proposals the members take."""
        return self._sender.package()

    def enter(self, user_id: int) -> None:
        self.present.append(user_id)
        self._deliver(user_id, EXTERNAL_SENDER, self.sender_package)

    def key_package(self, user_id: int, body: bytes) -> None:
        """Op 26. BadMls when the package is broken or names somebody else."""
        package = read_key_package(body)
        if package.user_id != user_id:
            raise BadMls(f"user {user_id} sent the key package of {package.user_id}")
        in_flight = [proposal for proposal in self.proposals if proposal.user_id != user_id]
        self.packages[user_id] = package
        if user_id in self.leaves:
            self._propose(user_id, adds=False)
        self._propose(user_id, adds=True)
        if self.epoch == 0 and in_flight:
            self._send_proposals(user_id, in_flight)

    def commit(self, user_id: int, body: bytes) -> bool:
        """Op 28. The first that fits the epoch and takes up every proposal wins; others are dropped silently."""
        commit = read_commit(body)
        wanted = [proposal for proposal in self.proposals if not self._is_own_add(proposal, user_id)]
        if (commit.group_id, commit.epoch) != (self._group_id, self.epoch):
            return self._drop(user_id, f"epoch {commit.epoch}, the group is at {self.epoch}")
        if not wanted or commit.proposals != len(wanted):
            return self._drop(user_id, f"{commit.proposals} proposals of {len(wanted)}")
        if self.epoch and self.leaves.get(user_id) != commit.leaf:
            return self._drop(user_id, f"leaf {commit.leaf} is not theirs")
        before, added = self._apply(user_id, wanted)
        self.committers.append(user_id)
        self.transition += 1
        self.unready[self.transition] = {*before, *added}
        number = struct.pack(">H", self.transition)
        for member in before:
            self._deliver(member, ANNOUNCE_COMMIT, number + commit.message)
        for member in added:
            self._deliver(member, WELCOME, number + commit.welcome)
        return True

    def ready(self, user_id: int, transition: int) -> None:
        """Op 23. When the last one is ready, everybody is told to go over."""
        waiting = self.unready.get(transition)
        if waiting is not None:
            waiting.discard(user_id)
            if not waiting:
                self.execute(transition)

    def execute(self, transition: int) -> None:
        """Op 22 to all, once; also after a timeout, without the members that never got ready."""
        if self.unready.pop(transition, None) is not None:
            for member in self.leaves:
                self._deliver(member, EXECUTE_TRANSITION, {"transition_id": transition})

    def invalid(self, user_id: int) -> None:
        """Op 31: out of the group; a new key package, which the client sends next, brings it in again."""
        self.packages.pop(user_id, None)
        if user_id in self.leaves:
            self._propose(user_id, adds=False)

    def leave(self, user_id: int) -> None:
        if user_id in self.present:
            self.present.remove(user_id)
        self.packages.pop(user_id, None)
        for transition in list(self.unready):
            self.ready(user_id, transition)
        if len(self.present) <= 1:
            self._forget_group()
        elif user_id in self.leaves:
            self._propose(user_id, adds=False)
        else:
            self.proposals = [proposal for proposal in self.proposals if proposal.user_id != user_id]

    def may_commit(self, user_id: int) -> bool:
        """In the group, or, before there is one, with a key package; and something is proposed that is not itself."""
        inside = user_id in (self.leaves if self.epoch else self.packages)
        others = any(not self._is_own_add(proposal, user_id) for proposal in self.proposals)
        removed = any(proposal.user_id == user_id and not proposal.adds for proposal in self.proposals)
        return inside and others and not removed

    def _propose(self, user_id: int, *, adds: bool) -> None:
        group = self._group_id, self.epoch
        if adds:
            message = self._sender.add(*group, self.packages[user_id])
        else:
            message = self._sender.remove(*group, self.leaves[user_id])
        proposal = Proposal(user_id, adds, message)
        self.proposals.append(proposal)
        for member in self.leaves if self.epoch else list(self.packages):
            if member != user_id and member in self.present:
                self._send_proposals(member, [proposal])

    def _send_proposals(self, user_id: int, proposals: list[Proposal]) -> None:
        messages = b"".join(proposal.message for proposal in proposals)
        self._deliver(user_id, PROPOSALS, APPEND + vector(messages))

    def _is_own_add(self, proposal: Proposal, user_id: int) -> bool:
        return self.epoch == 0 and proposal.adds and proposal.user_id == user_id

    def _apply(self, committer: int, proposals: list[Proposal]) -> tuple[list[int], list[int]]:
        """Changes the leaves; who was in before and still is, and who is new."""
        if self.epoch == 0:
            self.leaves = {committer: 0}
        for proposal in proposals:
            if not proposal.adds:
                self.leaves.pop(proposal.user_id, None)
        before = list(self.leaves)
        added = [proposal.user_id for proposal in proposals if proposal.adds]
        for user_id in added:
            taken = set(self.leaves.values())
            self.leaves[user_id] = next(leaf for leaf in range(len(taken) + 1) if leaf not in taken)
        self.epoch += 1
        self.proposals = []
        return before, added

    def _forget_group(self) -> None:
        self.epoch = 0
        self.leaves, self.packages, self.proposals, self.unready = {}, {}, [], {}
        for member in self.present:
            self._deliver(member, PREPARE_EPOCH, {"protocol_version": VERSION, "epoch": 1})
            self._deliver(member, PREPARE_TRANSITION, {"protocol_version": VERSION, "transition_id": 0})

    def _drop(self, user_id: int, why: str) -> bool:
        self.dropped.append(f"commit of {user_id}: {why}")
        return False
