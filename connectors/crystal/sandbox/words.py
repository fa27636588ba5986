"""Holds the words of the made-up catalogue, in Greek, Swedish and English."""

from typing import NamedTuple


class Shelf(NamedTuple):
    """One item type: its name, the start of its product numbers, its goods."""

    name: str
    prefix: str
    language: str
    goods: tuple[str, ...]


SHELVES = (
    Shelf(
        "Ελαιόλαδο & Ελιές",
        "ELA",
        "el",
        ("Ελαιόλαδο", "Ελιές Καλαμών", "Πάστα ελιάς", "Θρούμπες", "Αγουρέλαιο"),
    ),
    Shelf(
        "Μέλι & Γλυκά",
        "MEL",
        "el",
        ("Μέλι θυμαρίσιο", "Παστέλι", "Λουκούμι", "Χαλβάς", "Γλυκό κυδώνι"),
    ),
    Shelf(
        "Βότανα",
        "VOT",
        "el",
        ("Ρίγανη", "Τσάι του βουνού", "Δίκταμο", "Φασκόμηλο", "Χαμομήλι"),
    ),
    Shelf(
        "Ζυμαρικά",
        "ZYM",
        "el",
        ("Χυλοπίτες", "Τραχανάς", "Κριθαράκι", "Χόντρος", "Σκιουφιχτά"),
    ),
    Shelf(
        "Σαπούνια",
        "SAP",
        "el",
        ("Σαπούνι ελαιολάδου", "Κεραλοιφή", "Ροδόνερο", "Σφουγγάρι Καλύμνου"),
    ),
    Shelf(
        "Bröd & Bullar",
        "BRO",
        "sv",
        ("Kanelbulle", "Kardemummabulle", "Knäckebröd", "Tunnbröd", "Limpa"),
    ),
    Shelf(
        "Sylt & Saft",
        "SYL",
        "sv",
        ("Hjortronsylt", "Lingonsylt", "Flädersaft", "Blåbärssoppa", "Äppelmos"),
    ),
    Shelf(
        "Fisk & Skaldjur",
        "FIS",
        "sv",
        ("Inlagd sill", "Gravlax", "Böckling", "Löjrom", "Kräftor"),
    ),
    Shelf(
        "Hemslöjd",
        "HEM",
        "sv",
        ("Dalahäst", "Smörkniv i björk", "Näverkorg", "Träsked", "Julbock"),
    ),
    Shelf(
        "Kläder",
        "KLA",
        "sv",
        ("Lovikkavantar", "Yllemössa", "Raggsockor", "Ullfilt", "Ylletröja"),
    ),
    Shelf(
        "Rings",
        "RNG",
        "en",
        ("Halo Ring", "Signet Ring", "Eternity Ring", "Stacking Ring", "Toe Ring"),
    ),
    Shelf(
        "Necklaces & Pendants",
        "NEC",
        "en",
        ("Locket", "Rope Chain", "Pearl Strand", "Bar Pendant", "Choker"),
    ),
    Shelf(
        "Tea & Coffee",
        "TEA",
        "en",
        ("Breakfast Tea", "Earl Grey", "Filter Coffee", "Cold Brew", "Oolong"),
    ),
    Shelf(
        "Kitchenware",
        "KIT",
        "en",
        ("Bread Knife", "Mixing Bowl", "Pie Dish", "Tea Towel", "Salt Pig"),
    ),
    Shelf(
        "Stationery",
        "STA",
        "en",
        ("Notebook", "Fountain Pen", "Wax Seal", "Blotter", "Letter Opener"),
    ),
)

QUALITIES = {
    "el": (
        "από την Κρήτη",
        "από τη Μάνη",
        "βιολογικής καλλιέργειας",
        "χειροποίητης παραγωγής",
        "της γιαγιάς",
        "πρώτης συγκομιδής",
        "σε δώρο",
        "μικρού παραγωγού",
    ),
    "sv": (
        "från Öland",
        "från Ångermanland",
        "enligt mormors recept",
        "i gåvoförpackning",
        "utan tillsatser",
        "på äkta vis",
        "från skärgården",
        "för hela året",
    ),
    "en": (
        "“Heritage”",
        "in a Gift Box",
        "by Hand",
        'the "Old Mill" Kind',
        "for Every Day",
        "from the Coast",
        "& Friends",
        "No. 7",
    ),
}

SIZES = {
    "el": ("250 γρ.", "500 γρ.", "1 κιλό", "½ λίτρο", "τριπλό"),
    "sv": ("250 g", "500 g", "1 kg", "½ liter", "3-pack"),
    "en": ("Small", "Medium", "Large", "Extra Large", "Set of 3"),
}

SENTENCES = {
    "el": (
        "Φτιαγμένο με φροντίδα σε μικρές ποσότητες.",
        "Φυλάσσεται σε δροσερό &amp; σκιερό μέρος, κάτω από 25&deg;C.",
        "Οι πελάτες μας το λένε «το καλύτερο της χρονιάς».",
        "Οξύτητα &lt; 0,3% και τίποτε άλλο μέσα.",
    ),
    "sv": (
        "Tillverkad för hand i små serier.",
        "Förvaras mörkt &amp; svalt, helst under 8&nbsp;°C.",
        "Våra kunder kallar den ”årets bästa köp”.",
        "Innehåller mindre än 2&nbsp;% socker (&lt; 2 g).",
    ),
    "en": (
        "Made by hand in small batches.",
        'A favourite since 1952: "simply the best", they say.',
        "Salt & pepper proof, and rated &gt; 4.5 stars by buyers.",
        "It's packed in recycled card &mdash; no plastic at all.",
    ),
}

POINTS = {
    "el": ("Χωρίς συντηρητικά", "Ελληνικό προϊόν", "Ιδανικό για δώρο"),
    "sv": ("Utan tillsatser", "Svensk råvara", "Perfekt som gåva"),
    "en": ("No additives", "Made to last", "A perfect gift"),
}

TAGS = (
    "δώρο",
    "βιολογικό",
    "καλοκαίρι",
    "νέο",
    "ekologiskt",
    "närodlat",
    "gåva",
    "jul & påsk",
    "bestseller",
    "gift",
    "vegan",
    "limited edition",
)

VENDORS = (
    ("Aurum House", "AUR"),
    ("Κτήμα Παπαδάκη", "PAP"),
    ("Μελισσοκομία Όλυμπος", "OLY"),
    ("Αφοί Γεωργίου & Σία", "GEO"),
    ("Ålands Bageri", "ALA"),
    ("Mjölnare Öberg AB", "OBE"),
    ("Västerbottens Slöjd", "VAS"),
    ("Fiskhuset Smögen", "SMO"),
    ("Harrow & Daughters", "HAR"),
    ("O'Brien Leaf Co.", "OBR"),
    ("Northlight Studio", "NOR"),
    ("Penrose Paper", "PEN"),
)
