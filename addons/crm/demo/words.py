"""The words of the demo data. Hosts end in .example and phone numbers are reserved: nobody is called."""

from __future__ import annotations

#: name, host, industry, size, city, country, index of the parent account or -1
ACCOUNTS: tuple[tuple[str, str, str, str, str, str, int], ...] = (
    ("Albright Haulage", "albrighthaulage", "logistics", "250", "Leeds", "United Kingdom", -1),
    ("Albright Cold Chain", "albrightcold", "logistics", "50", "Hull", "United Kingdom", 0),
    ("Albright Ireland", "albright-ie", "logistics", "50", "Dublin", "Ireland", 0),
    ("Bergmann Aufzüge", "bergmann-aufzuege", "services", "250", "Hamburg", "Germany", -1),
    ("Blue Fjord Shipping", "bluefjord", "logistics", "1000", "Gothenburg", "Sweden", -1),
    ("Blue Fjord Terminals", "bluefjord-terminals", "logistics", "250", "Malmö", "Sweden", 4),
    ("Calder Valley Water", "caldervalleywater", "energy", "1000", "Halifax", "United Kingdom", -1),
    ("Carrow & Finch", "carrowfinch", "construction", "50", "Norwich", "United Kingdom", -1),
    ("Chantier Delmas", "chantierdelmas", "construction", "250", "Lyon", "France", -1),
    ("Copperline Electric", "copperline", "energy", "250", "Columbus", "United States", -1),
    ("Dalmore Dairies", "dalmoredairies", "food", "250", "Cork", "Ireland", -1),
    ("Duval Ascenseurs", "duval-ascenseurs", "services", "50", "Lille", "France", -1),
    ("Eastgate Hospitals", "eastgatehospitals", "health", "1000", "Baltimore", "United States", -1),
    ("Edelweiss Klima", "edelweissklima", "services", "50", "Munich", "Germany", -1),
    ("Fairhaven Marine", "fairhavenmarine", "manufacturing", "50", "Portland", "United States", -1),
    ("Ferrand Frères", "ferrandfreres", "food", "50", "Dijon", "France", -1),
    ("Glenmoor Quarries", "glenmoor", "construction", "50", "Inverness", "United Kingdom", -1),
    ("Granite State Lifts", "granitestatelifts", "services", "50", "Concord", "United States", -1),
    ("Halvorsen Tools", "halvorsentools", "manufacturing", "250", "Stockholm", "Sweden", -1),
    ("Harbour Street Foods", "harbourstreet", "food", "50", "Bristol", "United Kingdom", -1),
    ("Hartwell Rail Services", "hartwellrail", "logistics", "1000", "Derby", "United Kingdom", -1),
    ("Hartwell Signalling", "hartwellsignalling", "services", "250", "York", "United Kingdom", 20),
    ("Ironbridge Castings", "ironbridgecastings", "manufacturing", "250", "Telford", "United Kingdom", -1),
    ("Juniper Health Group", "juniperhealth", "health", "1000", "Denver", "United States", -1),
    ("Keller & Sohn Maschinenbau", "kellersohn", "manufacturing", "250", "Stuttgart", "Germany", -1),
    ("Lakeside Wind", "lakesidewind", "energy", "50", "Duluth", "United States", -1),
    ("Larkspur Hotels", "larkspurhotels", "services", "250", "Galway", "Ireland", -1),
    ("Lindqvist Papper", "lindqvistpapper", "manufacturing", "1000", "Örebro", "Sweden", -1),
    ("Maison Roche", "maisonroche", "retail", "50", "Bordeaux", "France", -1),
    ("Marlowe Print Works", "marloweprint", "manufacturing", "10", "Reading", "United Kingdom", -1),
    ("Nordhafen Logistik", "nordhafen", "logistics", "250", "Bremen", "Germany", -1),
    ("Oak & Ember", "oakandember", "retail", "50", "Austin", "United States", -1),
    ("Pemberton Schools Trust", "pembertonschools", "public", "250", "Manchester", "United Kingdom", -1),
    ("Quayside Cranes", "quaysidecranes", "services", "50", "Newcastle", "United Kingdom", -1),
    ("Rheintal Stadtwerke", "rheintal-stadtwerke", "energy", "1000", "Koblenz", "Germany", -1),
    ("Sandpiper Facilities", "sandpiperfm", "services", "1000", "Chicago", "United States", -1),
    ("Sandpiper Healthcare FM", "sandpiper-health", "services", "250", "Milwaukee", "United States", 35),
    ("Thornbury Council", "thornbury", "public", "1000", "Thornbury", "United Kingdom", -1),
    ("Vestergaard Solar", "vestergaardsolar", "energy", "50", "Uppsala", "Sweden", -1),
    ("Wexford Bakeries", "wexfordbakeries", "food", "250", "Wexford", "Ireland", -1),
)

# fmt: off
FIRST: dict[str, tuple[str, ...]] = {
    "United Kingdom": (
        "Alice", "Amir", "Beth", "Callum", "Charlotte", "David", "Eleanor", "Fergus", "Grace", "Hannah",
        "Imran", "Isla", "Jack", "James", "Katherine", "Leila", "Marcus", "Nadia", "Oliver", "Priya",
        "Rachel", "Rory", "Sam", "Tom", "Victoria", "Zoe",
    ),
    "Ireland": ("Aoife", "Cian", "Ciara", "Conor", "Eoin", "Fiona", "Niamh", "Orla", "Róisín", "Seán"),
    "Germany": (
        "Andrea", "Bernd", "Claudia", "Eva", "Florian", "Heike", "Jan", "Katrin", "Lukas", "Markus",
        "Mehmet", "Sabine", "Stefan", "Ute",
    ),
    "France": ("Amélie", "Antoine", "Camille", "Claire", "Hugo", "Julien", "Léa", "Mathieu", "Nora", "Rémi"),
    "Sweden": ("Anders", "Astrid", "Elin", "Erik", "Freja", "Gustav", "Ingrid", "Johan", "Karin", "Nils"),
    "United States": (
        "Aaron", "Brooke", "Carlos", "Dana", "Diego", "Emily", "Frank", "Gloria", "Jasmine", "Jordan",
        "Kevin", "Linda", "Luis", "Megan", "Nathan", "Olivia", "Ryan", "Tanya", "Tyler", "Wendy",
    ),
}

LAST: dict[str, tuple[str, ...]] = {
    "United Kingdom": (
        "Ahmed", "Barlow", "Bennett", "Clarke", "Cooper", "Davies", "Ellis", "Fraser", "Green", "Hughes",
        "Khan", "Lawson", "Mackay", "Marsh", "Murray", "Okafor", "Patel", "Price", "Reid", "Shaw",
        "Singh", "Turner", "Walsh", "Webb", "Whitaker", "Young",
    ),
    "Ireland": ("Brennan", "Byrne", "Doyle", "Gallagher", "Kavanagh", "Kelly", "Nolan", "O'Brien", "Quinn"),
    "Germany": (
        "Bauer", "Becker", "Fischer", "Hoffmann", "Kaya", "Köhler", "Krüger", "Lange", "Schäfer",
        "Schmitt", "Vogel", "Wagner", "Weber", "Zimmermann",
    ),
    "France": ("Bernard", "Blanc", "Dubois", "Faure", "Garnier", "Laurent", "Lefèvre", "Moreau", "Petit"),
    "Sweden": ("Berg", "Dahl", "Ekström", "Forsberg", "Holm", "Lund", "Nyström", "Sandberg", "Wallin"),
    "United States": (
        "Adams", "Brooks", "Carter", "Delgado", "Evans", "Foster", "Garcia", "Hayes", "Jenkins", "Kim",
        "Lopez", "Martinez", "Nguyen", "Parker", "Ramirez", "Stewart", "Sullivan", "Tran", "Ward",
    ),
}
# fmt: on

#: Numbers kept free for fiction by each country's regulator; the last two digits are filled in.
PHONES: dict[str, str] = {
    "United Kingdom": "+44 20 7946 09{:02d}",
    "Ireland": "+353 20 912 34{:02d}",
    "Germany": "+49 30 23125 0{:02d}",
    "France": "+33 1 99 00 12 {:02d}",
    "Sweden": "+46 8 465 004 {:02d}",
    "United States": "+1 202 555 01{:02d}",
}

JOBS: tuple[str, ...] = (
    "Operations Director",
    "Head of Maintenance",
    "Fleet Manager",
    "IT Manager",
    "Purchasing Manager",
    "Managing Director",
    "Finance Director",
    "Depot Manager",
    "Workshop Supervisor",
    "Project Manager",
    "Head of Field Service",
    "Compliance Officer",
)

ROLES: tuple[str, ...] = ("Decision maker", "Budget holder", "User", "Technical adviser", "Gatekeeper")

#: what is sold, and what it costs about
PRODUCTS: tuple[tuple[str, int], ...] = (
    ("Workshop planner", 18_000),
    ("Depot rollout", 64_000),
    ("Inspection app", 12_500),
    ("Fleet maintenance suite", 96_000),
    ("Spare parts portal", 27_000),
    ("Three-year support", 21_000),
    ("Pilot project", 7_500),
    ("Integration with payroll", 14_000),
    ("Training and onboarding", 9_000),
    ("Renewal with extra seats", 33_000),
)

SCOPES: tuple[str, ...] = (
    "two sites",
    "all depots",
    "the night shift",
    "twelve workshops",
    "field engineers",
    "phase one",
    "phase two",
    "head office",
    "subcontractors",
    "the spring season",
)

#: type, summary
STEPS: tuple[tuple[str, str], ...] = (
    ("call", "Call to agree the next step"),
    ("call", "Ask how the test week went"),
    ("call", "Check who signs off the budget"),
    ("mail", "Send the revised offer"),
    ("mail", "Send two references from their industry"),
    ("mail", "Answer the security questions"),
    ("meeting", "Demo for the depot managers"),
    ("meeting", "Site visit"),
    ("meeting", "Contract review with purchasing"),
    ("task", "Prepare the offer"),
    ("task", "Work out the return on investment"),
    ("task", "Check the integration with their payroll"),
    ("task", "Write up the notes of the site visit"),
    ("call", "Introduce the person who will train them"),
    ("call", "Follow up on the open questions"),
    ("mail", "Send the draft contract"),
    ("mail", "Thank them for the visit"),
    ("meeting", "Workshop with the night shift"),
    ("meeting", "Lunch with the finance director"),
    ("task", "Get the discount approved"),
)

#: title, person, company, country, source, score
LEADS: tuple[tuple[str, str, str, str, str, int], ...] = (
    ("Asks for a demo after the Hannover fair", "Birgit Lenz", "Lenz Fördertechnik", "Germany", "event", 80),
    ("Website: price for 40 users", "Owen Pritchard", "Pritchard Coaches", "United Kingdom", "website", 75),
    ("Wants to replace paper checklists", "Marta Silva", "Silva Elevators", "United States", "website", 60),
    ("Met at the logistics breakfast", "Declan Furey", "Furey Freight", "Ireland", "event", 55),
    ("Referred by Hartwell Rail", "Joanne Pike", "Pike Track Works", "United Kingdom", "referral", 85),
    ("Downloaded the maintenance guide", "Pierre Vasseur", "Vasseur Énergies", "France", "website", 35),
    ("Answered our letter", "Sven Åkerlund", "Åkerlund Bygg", "Sweden", "outbound", 40),
    ("Needs offline inspections", "Renee Walters", "Walters Bridge Co", "United States", "website", 70),
    ("Partner tip: depot software tender", "Jonas Reuter", "Stadtreinigung Süd", "Germany", "partner", 65),
    ("Clicked the spring advert", "Phil Grant", "Grant Plant Hire", "United Kingdom", "advert", 25),
    ("Asks whether we integrate with payroll", "Sophie Caron", "Caron Services", "France", "website", 50),
    ("Wants a call back on Tuesday", "Melissa Ortega", "Ortega HVAC", "United States", "outbound", 45),
    ("Question about data residency", "Helga Brandt", "Klinikum Westufer", "Germany", "website", 60),
    ("Card from the rail conference", "Ewan Baird", "Baird Signals", "United Kingdom", "event", 30),
    ("Two-site bakery, growing", "Maeve Lynch", "Lynch & Daughters", "Ireland", "referral", 55),
    ("Looking for a tool before the audit", "Travis Boone", "Boone Petroleum", "United States", "advert", 50),
    ("Heard of us from Dalmore Dairies", "Ita Roche", "Slaney Cheese", "Ireland", "referral", 70),
    ("Students' project, no budget", "Kim Novak", "Techniska Linjen", "Sweden", "website", 5),
    ("Asks for a quote in French", "Bruno Masson", "Masson Levage", "France", "website", 65),
    ("Wants to sell us office plants", "Gary Flint", "Flint Greenery", "United Kingdom", "website", 0),
    ("Municipal fleet, 200 vehicles", "Inez Fuller", "Town of Maple Ridge", "United States", "partner", 90),
    ("Second request this month", "Torsten Wulff", "Wulff Kräne", "Germany", "website", 60),
    ("Growing out of spreadsheets", "Lotta Englund", "Englund Snickeri", "Sweden", "advert", 45),
    ("Came by at the open day", "Noel Hanratty", "Hanratty Glass", "Ireland", "event", 35),
)

COMPETITORS: tuple[str, ...] = ("Paper and spreadsheets", "Maintly", "DepotWorks", "An in-house tool")
