-- An English analytics product. A column line that ends with "-- !" is personal data.
CREATE TABLE organizations (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  slug text UNIQUE,
  plan text,
  vat_id text,                          -- !
  billing_email text,                   -- !
  created_at timestamptz
);
CREATE TABLE users (
  id uuid PRIMARY KEY,
  organization_id uuid REFERENCES organizations (id),
  email citext_ UNIQUE,                 -- !
  full_name text,                       -- !
  encrypted_password text,              -- !
  reset_password_token text,            -- !
  current_sign_in_ip inet,              -- !
  phone text,                           -- !
  avatar_url text,                      -- !
  locale text,
  time_zone text,
  email_verified boolean,
  email_confirmed_at timestamptz,
  sign_in_count int,
  role text,
  settings jsonb
);
CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id),
  label text,
  token_digest text,                    -- !
  last_used_at timestamptz
);
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id),
  session_token text,                   -- !
  ip_address text,                      -- !
  user_agent text,                      -- !
  expires_at timestamptz
);
CREATE TABLE contacts (
  id bigint PRIMARY KEY,
  organization_id uuid REFERENCES organizations (id),
  first_name text,                      -- !
  last_name text,                       -- !
  dob date,                             -- !
  work_email text,                      -- !
  mobile text,                          -- !
  street_address text,                  -- !
  city text,                            -- !
  postcode text,                        -- !
  country_code char(2),
  notes text,                           -- !
  tags text[],
  lead_score int,
  source text
);
CREATE TABLE events (
  id bigint PRIMARY KEY,
  organization_id uuid,
  event_name text,
  properties jsonb,                     -- !
  visitor_ip text,                      -- !
  url text,
  occurred_at timestamptz
);
CREATE TABLE background_jobs (
  id bigint PRIMARY KEY,
  job_class text,
  arguments jsonb,                      -- !
  queue text,
  attempts int,
  last_error text,                      -- !
  run_at timestamptz
);
CREATE TABLE dashboards (
  id bigint PRIMARY KEY,
  name text,
  description text,
  layout jsonb,
  is_public boolean
);
CREATE TABLE feature_flags (
  key text PRIMARY KEY,
  description text,
  enabled boolean
);
CREATE TABLE audit_log (
  id bigint PRIMARY KEY,
  actor text,                           -- !
  action text,
  target_type text,
  changes jsonb,                        -- !
  at timestamptz
);
CREATE MATERIALIZED VIEW mv_contact_export AS
  SELECT id, first_name || ' ' || last_name AS label, -- !
    work_email AS address_line_x        -- !
    FROM contacts WITH NO DATA;
INSERT INTO organizations SELECT md5('o' || g)::uuid, 'Company ' || g || ' Ltd', 'company-' || g, 'pro',
       'DE' || 200000000 + g, 'accounts@company' || g || '.com', now() FROM generate_series(1, 60) g;
INSERT INTO users SELECT md5('u' || g)::uuid, md5('o' || 1 + g % 60)::uuid, lower(unaccent_(p.given)) || g || '@company.com',
       p.given || ' ' || p.family, '$2a$12$' || substr(md5(g::text) || md5(g::text || 'x'), 1, 53), md5(g::text || 't'),
       ('192.168.' || g % 200 || '.' || g % 99)::inet, '+1 415 555 ' || 1000 + g, 'https://cdn.example.com/a/' || g || '.png',
       'en-GB', 'Europe/London', true, now(), g, 'member', '{"theme": "dark", "rows": 50}'
  FROM generate_series(1, 220) g, person(g) p;
INSERT INTO api_keys SELECT md5('k' || g)::uuid, md5('u' || g)::uuid, 'CI key ' || g, encode(sha256(g::text::bytea), 'hex'), now()
  FROM generate_series(1, 80) g;
INSERT INTO sessions SELECT md5('s' || g)::uuid, md5('u' || g)::uuid, encode(sha256(('s' || g)::bytea), 'base64'),
       '2001:db8::' || g, 'Mozilla/5.0 (X11; Linux x86_64) rv:' || g, now() FROM generate_series(1, 200) g;
INSERT INTO contacts SELECT g, md5('o' || 1 + g % 60)::uuid, p.given, p.family, date '1958-01-01' + (g * 67) % 16000,
       lower(unaccent_(p.given)) || '.' || g || '@client.org', '+44 7700 ' || 900000 + g, g || ' Baker Street', 'London', 'NW1 ' || g % 9 || 'AB',
       'GB', CASE WHEN g % 3 = 0 THEN 'Prefers to be called after lunch' END, ARRAY['vip', 'beta'], g % 100, 'import'
  FROM generate_series(1, 240) g, person(g + 2) p;
INSERT INTO events SELECT g, md5('o' || 1 + g % 60)::uuid, 'page_view', jsonb_build_object('path', '/pricing', 'user',
       jsonb_build_object('email', 'someone' || g || '@visitor.net', 'id', g)), '203.0.113.' || g % 250, 'https://app.example.com/p/' || g, now()
  FROM generate_series(1, 300) g;
INSERT INTO background_jobs SELECT g, 'WelcomeMailer', jsonb_build_array(jsonb_build_object('to', u.email, 'template', 'welcome')),
       'default', 1, 'SMTP error for <' || u.email || '>: 550', now()
  FROM (SELECT email, row_number() OVER () AS g FROM users) u WHERE g <= 120;
INSERT INTO dashboards SELECT g, 'Revenue ' || g, 'Shows revenue', '{"cells": [1, 2, 3]}', false FROM generate_series(1, 50) g;
INSERT INTO feature_flags SELECT 'flag_' || g, 'Turns on feature ' || g, true FROM generate_series(1, 30) g;
INSERT INTO audit_log SELECT g, u.email, 'update', 'Contact', jsonb_build_object('before', jsonb_build_object('phone', u.phone),
       'after', jsonb_build_object('phone', '+1 415 555 0000')), now()
  FROM (SELECT email, phone, row_number() OVER () AS g FROM users) u;
REFRESH MATERIALIZED VIEW mv_contact_export;
