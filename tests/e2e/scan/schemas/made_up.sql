-- Made-up people and numbers with right check digits, for the three schemas.
CREATE FUNCTION person(g bigint, OUT given text, OUT family text) LANGUAGE sql AS $$
  SELECT (ARRAY['Ana', 'Mihai', 'Ioana', 'Peter', 'Julia', 'Thomas', 'Sarah', 'James', 'Elena', 'Andrei', 'Klara', 'Xenia', 'Ottilie'])[1 + g % 13],
         (ARRAY['Popescu', 'Ionescu', 'Müller', 'Schmidt', 'Baker', 'Hughes', 'Nagy', 'Weber', 'Stan', 'Dumitrescu', 'Kowalski'])[1 + g % 11]
$$;
CREATE FUNCTION unaccent_(t text) RETURNS text LANGUAGE sql AS $$ SELECT translate(t, 'ăâîșțäöüé', 'aaistaoue') $$;
CREATE FUNCTION digits_(t text, weights int[]) RETURNS int LANGUAGE sql AS $$
  SELECT sum(substr(t, i, 1)::int * weights[i])::int FROM generate_series(1, length(t)) i
$$;
CREATE FUNCTION cnp(g bigint) RETURNS text LANGUAGE sql AS $$
  SELECT b || CASE WHEN c = 10 THEN 1 ELSE c END FROM (
    SELECT b, digits_(b, ARRAY[2,7,9,1,4,6,3,5,8,2,7,9]) % 11 AS c FROM (
      SELECT (1 + g % 2) || lpad((60 + g % 39)::text, 2, '0') || lpad((1 + g % 12)::text, 2, '0')
             || lpad((1 + g % 28)::text, 2, '0') || '12' || lpad((g % 999)::text, 3, '0') AS b) x) y
$$;
CREATE FUNCTION cui(g bigint) RETURNS text LANGUAGE sql AS $$
  SELECT 'RO' || b || c FROM (
    SELECT b, (digits_(b, ARRAY[3,2,1,7,5,3,2]) * 10 % 11) % 10 AS c FROM (SELECT (1000000 + g * 7331)::text AS b) x) y
$$;
CREATE FUNCTION iban(country text, g bigint) RETURNS text LANGUAGE sql AS $$
  SELECT country || lpad((98 - (b || CASE country WHEN 'RO' THEN '2724' ELSE '1314' END || '00')::numeric % 97)::text, 2, '0') || b
    FROM (SELECT lpad((37040044 + g)::text || lpad(g::text, 8, '0'), CASE country WHEN 'RO' THEN 20 ELSE 18 END, '1') AS b) x
$$;
CREATE FUNCTION card(g bigint) RETURNS text LANGUAGE sql AS $$
  SELECT b || ((10 - s % 10) % 10) FROM (
    SELECT b, (SELECT sum(CASE WHEN i % 2 = 1 THEN CASE WHEN d * 2 > 9 THEN d * 2 - 9 ELSE d * 2 END ELSE d END)
                 FROM (SELECT i, substr(b, i, 1)::int AS d FROM generate_series(1, 15) i) z) AS s
      FROM (SELECT '4' || lpad((g * 99991)::text, 14, '7') AS b) x) y
$$;
CREATE FUNCTION address_ro(g bigint) RETURNS text LANGUAGE sql AS $$
  SELECT 'Str. ' || (ARRAY['Memorandumului', 'Eroilor', 'Horea', 'Lungă'])[1 + g % 4] || ' nr. ' || g || ', ap. ' || g % 30
$$;
CREATE DOMAIN citext_ AS text;
