"""What every command on the fund's data has in common, and every one that changes something."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from shlex import quote
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, Error, connection
from django.db.migrations.executor import MigrationExecutor

from fund.models import Answer
from fund.operations.acts import clean_text
from fund.operations.answers import LONGEST_KEY, Attempt, Outcome, answer_once, find_answer, hash_content
from fund.operations.refusals import record_refusal
from ledger.errors import DatabaseUnsafe, Refused
from ledger.sqlite3.turns import TurnMissed
from ledger.waits import is_busy

Say = Callable[[str], None]


class DataCommand(BaseCommand):
    """A command that needs the fund's tables, and says so where they are missing or not up to date."""

    # Django's checks of the whole project import every page, which takes longer than most commands do.
    requires_system_checks = ()

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            check_tables()
            return super().execute(*args, **options)
        except (Error, TurnMissed) as error:
            raise CommandError(describe_failure(error)) from error


class ChangeCommand(ABC, DataCommand):
    """A command that changes something, once for each `--key`: a retry prints the first output and does nothing.

    Subclasses do it in `change`, in one transaction with the answer that is kept.
    """

    #: Options that say how the command runs, and nothing of what it does.
    no_content: ClassVar[frozenset[str]] = frozenset(
        {"key", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks"}
        | set(BaseCommand.base_stealth_options)
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--key",
            help="a UUID or a text that makes a retry harmless: the same key and content again only repeats the first "
            "output; the same key with other content is refused",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            attempt = self.make_attempt(options)
            answer = find_answer(attempt)
            again = answer is not None
            if answer is None:
                self.prepare(options)
                answer, again = self.answer(attempt, options)
        except Refused as refusal:
            record_refusal(refusal, place=self.name, by=User.objects.filter(username=options.get("by") or "").first())
            raise CommandError(self.describe(refusal, options)) from None
        try:
            self.stdout.write(answer.text)
            self.finish(options, again=again)
            self.stdout.flush()
        except (OSError, Error) as error:
            said = f"It is done, but could not say all of it ({error}): {_retry(attempt)} says it again."
            # Who reads the first lines alone has what they wanted.
            if not isinstance(error, BrokenPipeError):
                raise CommandError(said) from error
            self.stderr.write(said)

    def answer(self, attempt: Attempt, options: dict[str, Any]) -> tuple[Answer, bool]:
        """Does it once. Raises CommandError where the database failed, maybe after it was done."""
        try:
            return answer_once(attempt, lambda: self._change_and_say(options))
        except Error as error:
            if is_busy(error):
                raise
            said = f"All of it was done or nothing: {_retry(attempt)} does it, if it is not done yet."
            raise CommandError(f"{describe_failure(error)} {said}") from error

    @property
    def name(self) -> str:
        """What the command is called."""
        return type(self).__module__.rpartition(".")[2]

    def make_attempt(self, options: dict[str, Any]) -> Attempt:
        """The command as it was called, by its key or a fresh one. Raises ValueInvalid."""
        name = self.name
        key = str(uuid4()) if options["key"] is None else clean_text(options["key"], field="key", longest=LONGEST_KEY)
        content = {option: value for option, value in options.items() if option not in self.no_content}
        return Attempt(key, name, hash_content(name, content))

    def _change_and_say(self, options: dict[str, Any]) -> Outcome:
        lines: list[str] = []
        self.change(options, lines.append)
        return Outcome("\n".join(lines))

    def prepare(self, options: dict[str, Any]) -> None:
        """What can be done before the books are held."""

    @abstractmethod
    def change(self, options: dict[str, Any], say: Say) -> None:
        """Does it. What it says is kept and shown when all is done, and again to a retry: no secrets."""

    def finish(self, options: dict[str, Any], *, again: bool) -> None:
        """What is shown after it and never kept."""

    def describe(self, refusal: Refused, options: dict[str, Any]) -> str:
        """What is said of a refusal."""
        return refusal.message


def _retry(attempt: Attempt) -> str:
    return f"the same command with --key {quote(attempt.key)}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def describe_failure(error: Exception) -> str:
    """What is said of an error of the database."""
    if isinstance(error, TurnMissed) or is_busy(error):
        return "Others had the database for too long: nothing was written. Try again."
    return f"The database failed: {_one_line(error)}."


def check_reachable() -> None:
    """Raises CommandError unless the database can be reached."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CommandError(f"The database cannot be reached: {_one_line(error)}.") from None
    except DatabaseUnsafe as refusal:
        raise CommandError(refusal.message) from None


def check_tables() -> None:
    """Raises CommandError unless the database can be reached and has every migration."""
    check_reachable()
    check_migrated()


def check_migrated() -> None:
    """Raises CommandError unless the database has every migration."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        name = connection.settings_dict["NAME"]
        raise CommandError(f"The database {name} is not up to date with this software. Run `manage.py migrate` first.")
