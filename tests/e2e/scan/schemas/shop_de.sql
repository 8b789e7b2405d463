-- A German shop. A column line that ends with "-- !" is personal data.
CREATE TABLE "Kunden" (
  "KundenNr" bigint PRIMARY KEY,
  "Anrede" varchar(10),                 -- !
  "Vorname" varchar(60),                -- !
  "Nachname" varchar(60),               -- !
  "Geburtsdatum" date,                  -- !
  "EMailAdresse" varchar(120) UNIQUE,   -- !
  "TelefonPrivat" varchar(30),          -- !
  "Handy" varchar(30),                  -- !
  "Straße" varchar(90),                 -- !
  "HausNr" varchar(8),                  -- !
  "PLZ" char(5),                        -- !
  "Ort" varchar(60),                    -- !
  "UStIdNr" varchar(14),                -- !
  "Newsletter" boolean,
  "AngelegtAm" timestamptz
);
CREATE TABLE "Bankverbindungen" (
  "Id" bigint PRIMARY KEY,
  "KundenNr" bigint REFERENCES "Kunden",
  "Kontoinhaber" text,                  -- !
  "IBAN" varchar(34),                   -- !
  "BIC" varchar(11),                    -- !
  "Mandatsdatum" date
);
CREATE TABLE "Artikel" (
  "ArtikelNr" bigint PRIMARY KEY,
  "Name" text,
  "Beschreibung" text,
  "Preis" numeric(10,2),
  "EAN" varchar(13),
  "Gewicht" numeric(8,3)
);
CREATE TABLE "Bestellungen" (
  "BestellNr" bigint PRIMARY KEY,
  "KundenNr" bigint REFERENCES "Kunden",
  "Lieferadresse" text,                 -- !
  "Rechnungsadresse" text,              -- !
  "Bemerkung" text,                     -- !
  "IPAdresse" varchar(45),              -- !
  "Status" text,
  "Summe" numeric(10,2),
  "BestelltAm" timestamptz
);
CREATE TABLE "Positionen" (
  "BestellNr" bigint REFERENCES "Bestellungen",
  "Pos" int,
  "ArtikelNr" bigint REFERENCES "Artikel",
  "Menge" int,
  "Einzelpreis" numeric(10,2),
  PRIMARY KEY ("BestellNr", "Pos")
);
CREATE TABLE "Zahlungen" (
  "Id" bigint PRIMARY KEY,
  "BestellNr" bigint REFERENCES "Bestellungen",
  "Art" text,
  "Kartennummer" varchar(24),           -- !
  "Betrag" numeric(10,2),
  "TransaktionsId" uuid
);
CREATE TABLE "Mitarbeiter" (
  "Id" bigint PRIMARY KEY,
  "Name" text,                          -- !
  "Kürzel" char(3),
  "Steuer_ID" varchar(11),              -- !
  "Krankenkasse" text,                  -- !
  "Gehalt" numeric(10,2),               -- !
  "Konfession" text,                    -- !
  "Abteilung" text
);
CREATE TABLE "MailWarteschlange" (
  "Id" bigint PRIMARY KEY,
  "Empfänger" text,                     -- !
  "Betreff" text,
  "Inhalt" text,                        -- !
  "GesendetAm" timestamptz
);
INSERT INTO "Kunden"
SELECT g, (ARRAY['Herr', 'Frau'])[1 + g % 2], p.given, p.family, date '1955-01-01' + (g * 71) % 17000,
       lower(unaccent_(p.given)) || '.' || g || '@beispiel.de', '030 ' || 1000000 + g * 37, '+49 171 ' || 1000000 + g * 91,
       (ARRAY['Hauptstraße', 'Gartenweg', 'Am Markt', 'Lindenallee'])[1 + g % 4], g % 90 + 1, 10000 + g * 13,
       (ARRAY['Berlin', 'Köln', 'Leipzig', 'Bremen'])[1 + g % 4], CASE WHEN g % 5 = 0 THEN 'DE' || 100000000 + g END,
       true, now()
  FROM generate_series(1, 250) g, person(g) p;
INSERT INTO "Bankverbindungen" SELECT g, g, p.given || ' ' || p.family, iban('DE', g), 'DEUTDEFF' || 100 + g, date '2024-01-01'
  FROM generate_series(1, 120) g, person(g) p;
INSERT INTO "Artikel" SELECT g, (ARRAY['Tischlampe', 'Regal', 'Teppich', 'Stuhl'])[1 + g % 4] || ' Modell ' || g,
       'Sehr schönes Stück, Nr. ' || g, g, 4000000000000 + g, g * 0.1 FROM generate_series(1, 150) g;
INSERT INTO "Bestellungen" SELECT g, 1 + g % 250, p.given || ' ' || p.family || ', Gartenweg ' || g || ', 50667 Köln',
       'Hauptstraße ' || g || ', 10115 Berlin', CASE WHEN g % 7 = 0 THEN 'bitte beim Nachbarn Meier abgeben' END,
       '84.17.' || g % 250 || '.' || g % 200, 'versandt', g * 3, now() FROM generate_series(1, 300) g, person(g + 5) p;
INSERT INTO "Positionen" SELECT g, 1, 1 + g % 150, 2, 9.99 FROM generate_series(1, 300) g;
INSERT INTO "Zahlungen" SELECT g, g, 'Karte', card(g), g * 3, gen_random_uuid() FROM generate_series(1, 100) g;
INSERT INTO "Mitarbeiter" SELECT g, p.given || ' ' || p.family, 'M' || g, 12345678900 + g, (ARRAY['AOK', 'TK', 'Barmer'])[1 + g % 3],
       2500 + g, (ARRAY['rk', 'ev', '-'])[1 + g % 3], 'Lager' FROM generate_series(1, 40) g, person(g + 17) p;
INSERT INTO "MailWarteschlange" SELECT g, k."EMailAdresse", 'Ihre Bestellung ' || g,
       'Guten Tag ' || k."Vorname" || ', Ihre Bestellung geht an ' || k."EMailAdresse" || '.', now()
  FROM "Kunden" k, LATERAL (SELECT k."KundenNr" AS g) x WHERE g <= 150;
