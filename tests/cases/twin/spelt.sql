-- a column cast to text beside a constant
SELECT id FROM customer WHERE ref::text = «text:8d1f0f6e-0000-4000-8000-000000000001»
SELECT id FROM customer WHERE ref::text = '8D1F0F6E-0000-4000-8000-000000000001'
SELECT id FROM customer WHERE ref::text = 'no uuid at all'
SELECT id FROM customer WHERE ref::varchar = «varchar:8d1f0f6e-0000-4000-8000-000000000001»
SELECT id FROM customer WHERE CAST(ref AS text) IN ('8d1f0f6e-0000-4000-8000-000000000001', 'x') ORDER BY id
SELECT id FROM customer WHERE ref::text = ANY («text[]:{8d1f0f6e-0000-4000-8000-000000000001,x,NULL}»)
SELECT id FROM customer WHERE ref::text <> ALL ('{8d1f0f6e-0000-4000-8000-000000000001,x}') ORDER BY id
SELECT id FROM customer WHERE ref::text <> 'x' ORDER BY id
SELECT id FROM customer WHERE ref::text IS DISTINCT FROM '8d1f0f6e-0000-4000-8000-000000000001' ORDER BY id
SELECT id FROM customer WHERE level::text = '42' ORDER BY id
SELECT id FROM customer WHERE level::text = '042'
SELECT id FROM customer WHERE level::text = ' 42'
SELECT id FROM customer WHERE level::text = '-42' OR small::text = '7' OR big::text = '-1' ORDER BY id
SELECT id FROM customer WHERE level::text = «text:42» ORDER BY id
SELECT id FROM customer WHERE level::varchar = 'forty'
SELECT id FROM customer WHERE '42' = level::text ORDER BY id
SELECT id FROM customer WHERE wage::text = '100.50' ORDER BY id
SELECT id FROM customer WHERE wage::text = '100.5'
SELECT id FROM customer WHERE wage::text IN ('-0.01', '0', '0.00') ORDER BY id
SELECT id FROM customer WHERE born::text = '1990-01-01'
SELECT id FROM customer WHERE born::text = '19900101'
SELECT id FROM customer WHERE born::text IN ('infinity', '0044-03-15 BC') ORDER BY id
SELECT id FROM customer WHERE opens::text = '10:00:00' ORDER BY id
SELECT id FROM customer WHERE opens::text = '10:00'
SELECT id FROM customer WHERE code::text = 'A1'
SELECT id FROM customer WHERE code::text = 'A1    '
SELECT id FROM customer WHERE code::text IN ('A1', 'B2', '') ORDER BY id
SELECT id FROM customer WHERE code::varchar = «varchar:B2»
SELECT id FROM customer WHERE ip::text = '10.0.0.1/32'
SELECT id FROM customer WHERE ip::text = '10.0.0.1'
SELECT id FROM customer WHERE ip::text IN ('::1/128', '10.0.0.0/24') ORDER BY id
SELECT id, CASE level::text WHEN '42' THEN 'yes' ELSE 'no' END FROM customer ORDER BY id
SELECT id FROM customer WHERE ref::text = lower('8D1F0F6E-0000-4000-8000-000000000001')
UPDATE customer SET level = 1 WHERE ref::text = «text:8d1f0f6e-0000-4000-8000-000000000002» RETURNING id, level
DELETE FROM customer WHERE ref::text = '00000000-0000-0000-0000-000000000000' RETURNING id

-- where settings say otherwise
-- together
-- forms: Simple
SET DateStyle = 'SQL, DMY'
SELECT id FROM customer WHERE born::text = '01/01/1990'
SELECT id FROM customer WHERE born::text = '1990-01-01'
SET DateStyle = 'German'
SELECT id FROM customer WHERE born::text = '01.01.1990'
RESET DateStyle

-- and not where it goes on
-- refused
SELECT id FROM customer WHERE seen::text = 'x'
SELECT a.id FROM customer a JOIN customer b ON a.level::text = b.level::text
SELECT id FROM customer WHERE name::text = 'Ada'
SELECT id FROM customer WHERE level::text = note
