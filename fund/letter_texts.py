"""The wording of letters to donors in the four languages of the organisation. Pure: no Django, no clock.

A letter is paragraphs with an empty line between them. One whose lines have tabs is a table; its first line is the
heading. Days and amounts are written by Babel as the language writes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from ledger.money import Amount

#: The languages by their codes here, with Babel's: its `pt` is not how this fund writes Portuguese.
LOCALES = {"en": "en_GB", "fr": "fr", "es": "es", "pt": "pt_BR"}


@dataclass(frozen=True, slots=True)
class Overdue:
    """An instalment, as a letter names it: what was owed of it on the day, due so many days before."""

    instalment: str
    reference: str
    due_on: date
    amount: Amount
    days: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last letter about any of the instalments, and how many there were."""

    number: str
    sent_on: date
    count: int


@dataclass(frozen=True, slots=True)
class Wording:
    """What a letter says in one language. `subjects` are those of the first, the second and every later one."""

    subjects: tuple[str, str, str]
    greeting: str
    opening: str
    again: str
    headings: tuple[str, str, str, str]
    totals: str
    request: str
    crossed: str
    closing: str


WORDINGS = {
    "en": Wording(
        ("Contributions due: reminder", "Contributions due: second reminder", "Contributions due: further reminder"),
        "To {donor}",
        "Our books show that the following contributions to {fund} were due and had not arrived by {day}.",
        "This is reminder number {count}: we last wrote to you about this on {sent_on} (letter {number}).",
        ("Instalment", "Due on", "Outstanding", "Days overdue"),
        "Total outstanding: {totals}.",
        "We would be grateful if you could arrange the payment, or tell us when we may expect it.",
        "If the payment is already on its way, please disregard this letter and accept our thanks.",
        "With our thanks for your support,\n{fund}",
    ),
    "fr": Wording(
        (
            "Contributions échues : rappel",
            "Contributions échues : deuxième rappel",
            "Contributions échues : nouveau rappel",
        ),
        "À l’attention de {donor}",
        "D’après nos livres, les contributions suivantes à {fund} étaient échues et non reçues au {day}.",
        "Ceci est le rappel numéro {count} : notre dernière lettre à ce sujet est du {sent_on} (lettre {number}).",
        ("Versement", "Échéance", "Solde dû", "Jours de retard"),
        "Total dû : {totals}.",
        "Nous vous saurions gré d’effectuer le paiement ou de nous indiquer quand nous pouvons l’attendre.",
        "Si le paiement est déjà en route, veuillez ne pas tenir compte de cette lettre et accepter nos remerciements.",
        "En vous remerciant de votre soutien,\n{fund}",
    ),
    "es": Wording(
        (
            "Contribuciones vencidas: recordatorio",
            "Contribuciones vencidas: segundo recordatorio",
            "Contribuciones vencidas: nuevo recordatorio",
        ),
        "A la atención de {donor}",
        "Según nuestros libros, las siguientes contribuciones a {fund} vencieron y no se habían recibido al {day}.",
        "Este es el recordatorio número {count}: nuestra última carta al respecto es del {sent_on} (carta {number}).",
        ("Cuota", "Vencimiento", "Saldo pendiente", "Días de atraso"),
        "Total pendiente: {totals}.",
        "Le agradeceríamos que efectuara el pago o nos indicara cuándo podemos esperarlo.",
        "Si el pago ya está en camino, le rogamos que no tenga en cuenta esta carta y acepte nuestro agradecimiento.",
        "Con nuestro agradecimiento por su apoyo,\n{fund}",
    ),
    "pt": Wording(
        (
            "Contribuições vencidas: lembrete",
            "Contribuições vencidas: segundo lembrete",
            "Contribuições vencidas: novo lembrete",
        ),
        "À atenção de {donor}",
        "De acordo com os nossos livros, as seguintes contribuições para {fund} estavam vencidas e não haviam sido "
        "recebidas até {day}.",
        "Este é o lembrete número {count}: a nossa última carta sobre este assunto é de {sent_on} (carta {number}).",
        ("Parcela", "Vencimento", "Saldo devedor", "Dias de atraso"),
        "Total devido: {totals}.",
        "Agradeceríamos que efetuasse o pagamento ou nos informasse quando podemos esperá-lo.",
        "Se o pagamento já foi efetuado, queira desconsiderar esta carta e aceitar os nossos agradecimentos.",
        "Com os nossos agradecimentos pelo seu apoio,\n{fund}",
    ),
}


def write_subject(language: str, *, reminder: int) -> str:
    """What a letter is about: `write_subject("en", reminder=2)` is "Contributions due: second reminder"."""
    return WORDINGS[language].subjects[min(reminder, 3) - 1]


def write_reminder(
    language: str, *, fund: str, donor: str, on: date, lines: Sequence[Overdue], earlier: Earlier | None = None
) -> str:
    """The text of a reminder of the day `on`; one that follows an earlier letter names it."""
    wording = WORDINGS[language]
    paragraphs = [
        wording.greeting.format(donor=donor),
        wording.opening.format(fund=fund, day=write_day(on, language)),
        *([_write_again(wording, earlier, language)] if earlier else []),
        "\n".join(["\t".join(wording.headings), *(_write_line(line, language) for line in lines)]),
        wording.totals.format(totals=", ".join(write_amount(total, language) for total in add_up(lines))),
        wording.request,
        wording.crossed,
        wording.closing.format(fund=fund),
    ]
    return "\n\n".join(paragraphs)


def _write_again(wording: Wording, earlier: Earlier, language: str) -> str:
    sent_on = write_day(earlier.sent_on, language)
    return wording.again.format(count=earlier.count + 1, sent_on=sent_on, number=earlier.number)


def _write_line(line: Overdue, language: str) -> str:
    name = f"{line.instalment} ({line.reference})" if line.reference else line.instalment
    days = str(format_decimal(line.days, locale=LOCALES[language]))
    return "\t".join((name, write_day(line.due_on, language), write_amount(line.amount, language), days))


def add_up(lines: Sequence[Overdue]) -> list[Amount]:
    """What is overdue in each currency, by its code."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.amount.currency] = sums.get(line.amount.currency, 0) + line.amount.minor
    return [Amount(minor, currency) for currency, minor in sorted(sums.items())]


def write_day(day: date, language: str) -> str:
    """A day in words: `write_day(date(2026, 3, 1), "pt")` is "1 de março de 2026"."""
    return str(format_date(day, format="long", locale=LOCALES[language]))


def write_amount(amount: Amount, language: str) -> str:
    """An amount with the code of its currency, which no two countries share: 1.234,50 USD or USD 1,234.50."""
    pattern = "¤¤\N{NO-BREAK SPACE}#,##0.00" if language in ("en", "pt") else "#,##0.00\N{NO-BREAK SPACE}¤¤"
    return str(format_currency(amount.decimal, amount.currency, pattern, locale=LOCALES[language]))


def read_paragraphs(text: str) -> list[list[list[str]]]:
    """The paragraphs of a letter: each its lines, each line its cells; only those of a table have several."""
    return [[line.split("\t") for line in paragraph.split("\n")] for paragraph in text.split("\n\n")]


def write_mail(text: str) -> str:
    """The letter as a plain mail: the cells of a table with a dot between them."""
    return text.replace("\t", " · ")
