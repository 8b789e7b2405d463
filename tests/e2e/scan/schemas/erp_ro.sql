-- A Romanian ERP of a processing firm. A column line that ends with "-- !" is personal data.
CREATE TABLE judete (
  cod char(2) PRIMARY KEY,
  denumire text NOT NULL
);
CREATE TABLE angajati (
  id bigint PRIMARY KEY,
  marca text NOT NULL,
  nume varchar(80) NOT NULL,            -- !
  prenume varchar(80) NOT NULL,         -- !
  cnp char(13) UNIQUE,                  -- !
  data_nasterii date,                   -- !
  adresa_domiciliu text,                -- !
  telefon varchar(20),                  -- !
  email_personal varchar(120),          -- !
  serie_ci text,                        -- !
  cont_iban varchar(34),                -- !
  salariu_brut numeric(10,2),           -- !
  functie text,
  departament_id int,
  data_angajarii date,
  activ boolean DEFAULT true
);
CREATE TABLE concedii (
  id bigint PRIMARY KEY,
  angajat_id bigint REFERENCES angajati (id),
  tip text,
  de_la date,
  pana_la date,
  zile int,
  concediu_medical text                 -- !
);
CREATE TABLE parteneri (
  id bigint PRIMARY KEY,
  denumire_firma text NOT NULL,
  cui varchar(12),                      -- !
  nr_reg_com text,
  persoana_contact text,                -- !
  tel_mobil text,                       -- !
  mail text,                            -- !
  adresa text,                          -- !
  oras text,
  cod_judet char(2) REFERENCES judete (cod),
  cont_bancar text,                     -- !
  termen_plata int,
  limita_credit numeric(12,2)
);
CREATE TABLE produse (
  id bigint PRIMARY KEY,
  cod text,
  nume text,
  descriere text,
  pret numeric(10,2),
  um text,
  furnizor_id bigint REFERENCES parteneri (id)
);
CREATE TABLE facturi (
  id bigint PRIMARY KEY,
  serie text,
  numar int,
  data date,
  partener_id bigint REFERENCES parteneri (id),
  delegat text,                         -- !
  ci_delegat text,                      -- !
  nr_auto text,                         -- !
  total numeric(12,2),
  observatii text                       -- !
);
CREATE TABLE utilizatori (
  id bigint PRIMARY KEY,
  utilizator text UNIQUE,               -- !
  parola_hash text,                     -- !
  email text UNIQUE,                    -- !
  ultima_adresa_ip inet,                -- !
  rol text,
  ultima_autentificare timestamptz
);
CREATE TABLE jurnal_modificari (
  id bigint PRIMARY KEY,
  tabela text,
  operatie text,
  utilizator_id bigint,
  date_vechi jsonb,                     -- !
  la timestamptz
);
INSERT INTO judete VALUES ('CJ', 'Cluj'), ('BV', 'Brașov'), ('IS', 'Iași'), ('TM', 'Timiș');
INSERT INTO angajati
SELECT g, 'M' || g, p.family, p.given, cnp(g), date '1960-01-01' + (g * 83) % 14000, address_ro(g),
       '07' || 20000000 + g * 7919, lower(unaccent_(p.given)) || g || '@mail.ro', 'CJ ' || 100000 + g, iban('RO', g),
       4000 + g % 4000, (ARRAY['operator', 'contabil', 'inginer', 'șofer'])[1 + g % 4], g % 7,
       date '2015-01-01' + g, true
  FROM generate_series(1, 200) g, person(g) p;
INSERT INTO concedii SELECT g, g, 'CO', date '2025-06-01', date '2025-06-10', 10,
       CASE WHEN g % 4 = 0 THEN 'cod 01 boală obișnuită' END FROM generate_series(1, 100) g;
INSERT INTO parteneri
SELECT g, 'Firma ' || g || ' SRL', cui(g), 'J12/' || g || '/2009', p.given || ' ' || p.family,
       '+4073' || 1000000 + g * 31, 'office' || g || '@firma' || g || '.ro', address_ro(g + 7), 'Cluj-Napoca', 'CJ',
       iban('RO', g + 1000), 30, 10000
  FROM generate_series(1, 150) g, person(g + 3) p;
INSERT INTO produse SELECT g, 'P' || g, (ARRAY['Șurub M8', 'Piuliță', 'Tablă zincată', 'Profil L'])[1 + g % 4] || ' ' || g,
       'Produs din oțel, lot ' || g, g * 1.5, 'buc', 1 + g % 100 FROM generate_series(1, 200) g;
INSERT INTO facturi SELECT g, 'FCT', 1000 + g, date '2026-01-01' + g % 200, 1 + g % 150, p.given || ' ' || p.family,
       'KX ' || 200000 + g, 'CJ ' || lpad((g % 99)::text, 2, '0') || ' ABC', g * 100,
       CASE WHEN g % 9 = 0 THEN 'A se suna doamna Popescu înainte de livrare' END
  FROM generate_series(1, 200) g, person(g + 11) p;
INSERT INTO utilizatori SELECT g, 'user' || g, '$2b$12$' || substr(md5(g::text) || md5(g::text || 'x'), 1, 53),
       'u' || g || '@firma.ro', ('10.0.' || g % 250 || '.' || g % 200)::inet, 'operator', now() FROM generate_series(1, 60) g;
INSERT INTO jurnal_modificari SELECT g, 'angajati', 'UPDATE', 1 + g % 60,
       jsonb_build_object('id', g, 'telefon', '07' || 20000000 + g * 7919, 'nume', 'X'), now() FROM generate_series(1, 80) g;
