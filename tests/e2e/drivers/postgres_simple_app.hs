{-# LANGUAGE OverloadedStrings #-}
{-# LANGUAGE ScopedTypeVariables #-}

-- The small application on Haskell's postgresql-simple: parameters written into the text by libpq's
-- quoting, COPY, cursors, notifications.
module Main (main) where

import Control.Exception (SomeException, fromException, try)
import Control.Monad (forM_, void)
import qualified Data.ByteString.Char8 as B
import Data.Int (Int64)
import Data.List (intercalate)
import Database.PostgreSQL.Simple
import Database.PostgreSQL.Simple.Copy
import Database.PostgreSQL.Simple.Cursor
import Database.PostgreSQL.Simple.Notification
import Numeric (showHex)
import System.Environment (getEnv)

text :: String -> String
text shown = "\"" ++ concatMap one shown ++ "\""
  where
    one c
      | c == '"' || c == '\\' || c < ' ' || c > '~' = "\\u" ++ padded (showHex (min 65535 (fromEnum c)) "")
      | otherwise = [c]
    padded hex = replicate (4 - length hex) '0' ++ hex

say :: String -> Bool -> String -> IO ()
say name refused outcome =
  putStrLn ("{\"step\": " ++ text name ++ ", \"refused\": " ++ (if refused then "true" else "false") ++ ", \"outcome\": {" ++ outcome ++ "}}")

run :: Show a => Bool -> String -> IO a -> IO ()
run refused name action = do
  outcome <- try action
  say name refused $ case outcome of
    Right value -> "\"value\": " ++ text (show value)
    Left (error :: SomeException) -> case fromException error of
      Just sql -> "\"error\": \"SqlError\", \"state\": " ++ text (B.unpack (sqlState sql))
      Nothing -> "\"error\": " ++ text (show error)

step :: Show a => String -> IO a -> IO ()
step = run False

main :: IO ()
main = do
  [host, port, user, password, database, authority] <-
    mapM getEnv ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLROOTCERT"]
  let words' = ["host=" ++ host, "port=" ++ port, "user=" ++ user, "password=" ++ password, "dbname=" ++ database, "sslmode=verify-full", "sslrootcert=" ++ authority]
  db <- connectPostgreSQL (B.pack (unwords words'))
  void (execute_ db "TRUNCATE customers, invoices RESTART IDENTITY")
  let ada = ("Ada \220" :: String, "ada@example.com" :: String, Just "+49" :: Maybe String, Just "1990-02-03" :: Maybe String, Just 1234.5 :: Maybe Double, Just "{\"a\": [1, null]}" :: Maybe String)
      bob = ("Bob", "bob@example.com", Nothing, Nothing, Nothing, Nothing)
      signUp = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES (?, ?, ?, ?, ?, ?)"
      count :: Query -> IO [Only Int64]
      count = query_ db
      byMail :: String -> IO [(Int64, String, String, Maybe String)]
      byMail mail = query db "SELECT id, name, email, phone FROM customers WHERE email = ?" (Only mail)
      names :: Query -> [String] -> IO [(Int64, String)]
      names sql = query db sql
  step "sign-up" (execute db signUp ada)
  step "sign-up with nulls" (execute db signUp (bob :: (String, String, Maybe String, Maybe String, Maybe Double, Maybe String)))
  step "sign-up twice" (execute db signUp ada)
  step "sign-up, too long" (execute db "INSERT INTO customers (name, email) VALUES (?, ?)" (replicate 101 'x', "l@example.com" :: String))
  step "sign-up, returning" (query db "INSERT INTO customers (name, email) VALUES (?, ?) RETURNING id, name" ("Eve" :: String, "eve@example.com" :: String) :: IO [(Int64, String)])
  step "many" (executeMany db "INSERT INTO customers (name, email) VALUES (?, ?)" [("n'" ++ show n ++ "\\", "n" ++ show n ++ "@example.com") | n <- [1 .. 30 :: Int]])
  step "returning many" (returning db "INSERT INTO customers (name, email) VALUES (?, ?) RETURNING id, email" [("r" :: String, "r1@example.com" :: String), ("r", "r2@example.com")] :: IO [(Int64, String)])
  step "log in" (byMail "ada@example.com")
  step "log in, nobody" (byMail "no")
  step "log in, in" (query db "SELECT id, name FROM customers WHERE email IN ? ORDER BY id" (Only (In ["ada@example.com" :: String, "n3@example.com"])) :: IO [(Int64, String)])
  step "log in, quoted" (names "SELECT id, name FROM customers WHERE email = ? AND name IS NOT NULL" ["bob@example.com"])
  step "types" (query_ db "SELECT birth_date::text, salary::text, active FROM customers WHERE id = 1" :: IO [(Maybe String, Maybe String, Bool)])
  step "change" (execute db "UPDATE customers SET phone = ?, birth_date = ? WHERE email = ?" ("2" :: String, "1991-01-01" :: String, "bob@example.com" :: String))
  step "change of many" (executeMany db "UPDATE customers SET name = upd.name FROM (VALUES (?, ?)) AS upd (name, email) WHERE customers.email = upd.email" [("B" :: String, "bob@example.com" :: String), ("A", "ada@example.com")])
  step "upsert" (names "INSERT INTO customers (name, email) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name RETURNING id, name" ["Ada U", "ada@example.com"])
  step "bill" (execute db "INSERT INTO invoices (customer_id, email, amount, note) VALUES (?, ?, ?, ?)" (1 :: Int, "ada@example.com" :: String, 9.99 :: Double, "first" :: String))
  step "bill with its customer" (query db "SELECT i.note, c.name FROM invoices i JOIN customers c USING (email) WHERE c.email = ?" (Only ("ada@example.com" :: String)) :: IO [(String, String)])
  step "page" (query db "SELECT id, email FROM customers ORDER BY id LIMIT ? OFFSET ?" (3 :: Int, 2 :: Int) :: IO [(Int64, String)])
  step "fold" (fold_ db "SELECT email FROM customers" (0 :: Int) (\seen (Only mail) -> pure (if '@' `elem` (mail :: String) then seen + 1 else seen)))
  step "transaction" $ do
    failed <- try (withTransaction db (execute_ db "UPDATE customers SET name = 'gone' WHERE email = 'bob@example.com'" >> execute db signUp ada))
    after <- byMail "bob@example.com"
    pure (either (B.unpack . sqlState) show failed, after)
  step "savepoint" $ withTransaction db $ do
    failed <- try (withSavepoint db (execute db signUp ada))
    after <- byMail "bob@example.com"
    pure (either (B.unpack . sqlState) show failed, after)
  step "cursor" $ withTransaction db $ do
    cursor <- declareCursor db "SELECT name FROM customers ORDER BY id"
    rows <- foldForward cursor 3 (\seen (Only name) -> pure (name : seen)) ([] :: [String])
    closeCursor cursor
    pure (show rows)
  step "copy in" $ do
    copy_ db "COPY customers (name, email) FROM STDIN"
    forM_ [1 .. 3 :: Int] (\n -> putCopyData db (B.pack (intercalate "\t" ["C" ++ show n, "c" ++ show n ++ "@example.com"] ++ "\n")))
    putCopyEnd db
  step "copy out" $ do
    copy_ db "COPY (SELECT name, email FROM customers WHERE id > 30 ORDER BY id) TO STDOUT"
    rows <- collect db
    pure (length rows)
  step "notifications" $ do
    void (execute_ db "LISTEN news" >> execute_ db "NOTIFY news, 'hello'")
    heard <- getNotification db
    pure (notificationChannel heard, notificationData heard)
  run True "LIKE" (count "SELECT id FROM customers WHERE email LIKE 'a%'")
  run True "ORDER BY" (count "SELECT id FROM customers ORDER BY email")
  run True "lower" (count "SELECT id FROM customers WHERE lower(email) = 'a'")
  run True "max" (query_ db "SELECT max(salary)::text FROM customers" :: IO [Only (Maybe String)])
  where
    collect db = do
      row <- getCopyData db
      case row of
        CopyOutRow line -> (line :) <$> collect db
        CopyOutDone _ -> pure []
