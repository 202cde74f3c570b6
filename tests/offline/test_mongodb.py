#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The MongoDB stand-in, through pymongo."""
import os
import tempfile
import unittest

import bson
import pymongo
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from standin import StandIn, free_port, run

PASSWORD = "p,w=ü"


class MongoTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.secret = os.path.join(self.directory, "password")
        with open(self.secret, "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        self.port = free_port()
        self.start()
        self.addCleanup(lambda: self.server.kill())
        self.db = self.connect().credit

    def start(self):
        self.server = StandIn(
            "mongodb",
            "mongo_standin.mongod",
            ["--port", str(self.port), "--dbpath", self.directory],
            "waiting for connections",
            MONGO_INITDB_ROOT_USERNAME="root",
            MONGO_INITDB_ROOT_PASSWORD_FILE=self.secret,
        )

    def connect(self, password=PASSWORD, **options):
        client = pymongo.MongoClient(
            "127.0.0.1",
            self.port,
            username=options.pop("username", "root"),
            password=password,
            serverSelectionTimeoutMS=5000,
            **options
        )
        self.addCleanup(client.close)
        return client

    def restart(self, how):
        getattr(self.server, how)()
        self.start()

    def test_refuses_a_wrong_password_an_unknown_user_and_no_log_in(self):
        for client in (self.connect("wrong"), self.connect(username="eve")):
            with self.assertRaises(OperationFailure) as caught:
                client.credit.a.find_one()
            self.assertEqual(caught.exception.code, 18)
        anonymous = pymongo.MongoClient("127.0.0.1", self.port)
        self.addCleanup(anonymous.close)
        self.assertEqual(anonymous.admin.command("ping")["ok"], 1.0)
        with self.assertRaises(OperationFailure) as caught:
            anonymous.credit.a.find_one()
        self.assertEqual(caught.exception.code, 13)

    def test_the_journal_holds_no_password(self):
        with open(os.path.join(self.directory, "standin.journal"), "rb") as file:
            self.assertNotIn(PASSWORD.encode(), file.read())

    def test_the_data_directory_keeps_its_first_password(self):
        with open(self.secret, "w", encoding="utf-8") as file:
            file.write("another")
        self.restart("end")
        self.assertEqual(self.connect().credit.a.count_documents({}), 0)

    def test_unique_indexes_refuse_duplicates_with_11000(self):
        self.db.ledger.create_index([("account", 1), ("key", 1)], unique=True, name="once")
        self.db.ledger.insert_one({"_id": "a:1", "account": "a", "key": "k"})
        with self.assertRaises(DuplicateKeyError) as caught:
            self.db.ledger.insert_one({"_id": "a:1", "account": "b", "key": "k"})
        self.assertEqual(caught.exception.details["keyPattern"], {"_id": 1})
        with self.assertRaises(DuplicateKeyError) as caught:
            self.db.ledger.insert_one({"_id": "a:2", "account": "a", "key": "k"})
        self.assertEqual(caught.exception.code, 11000)
        self.assertIn("E11000 duplicate key error collection: credit.ledger index: once", str(caught.exception))
        self.db.ledger.insert_one({"_id": "a:2", "account": "a", "key": "l"})
        with self.assertRaises(DuplicateKeyError):
            self.db.ledger.update_one({"_id": "a:2"}, {"$set": {"key": "k"}})

    def test_an_index_over_duplicates_can_not_be_made(self):
        self.db.a.insert_many([{"x": 1}, {"x": 1}])
        with self.assertRaises(OperationFailure) as caught:
            self.db.a.create_index("x", unique=True)
        self.assertEqual(caught.exception.code, 11000)
        self.assertEqual([index["name"] for index in self.db.a.list_indexes()], ["_id_"])

    def test_ordered_and_unordered_inserts(self):
        documents = [{"_id": 1}, {"_id": 1}, {"_id": 2}]
        with self.assertRaises(BulkWriteError) as caught:
            self.db.a.insert_many(documents)
        self.assertEqual((caught.exception.details["nInserted"], self.db.a.count_documents({})), (1, 1))
        with self.assertRaises(BulkWriteError):
            self.db.b.insert_many(documents, ordered=False)
        self.assertEqual(self.db.b.count_documents({}), 2)

    def test_filters(self):
        self.db.a.insert_many(
            [
                {"_id": 1, "n": 1, "t": ["x", "y"], "s": {"k": "v"}},
                {"_id": 2, "n": 2.5, "t": []},
                {"_id": 3, "n": bson.Int64(2**40), "t": ["y"]},
                {"_id": 4, "n": None},
                {"_id": 5, "n": "2"},
            ]
        )
        expected = {
            "equal": ({"n": 1}, [1]),
            "greater": ({"n": {"$gt": 1}}, [2, 3]),
            "range": ({"n": {"$gte": 1, "$lt": 3}}, [1, 2]),
            "null or missing": ({"s": None}, [2, 3, 4, 5]),
            "element": ({"t": "y"}, [1, 3]),
            "nested": ({"s.k": "v"}, [1]),
            "in": ({"_id": {"$in": [2, 5, 9]}}, [2, 5]),
            "not in": ({"t": {"$nin": ["y"]}}, [2, 4, 5]),
            "exists": ({"t": {"$exists": False}}, [4, 5]),
            "regex": ({"n": {"$regex": "^2"}}, [5]),
            "or": ({"$or": [{"n": 1}, {"n": "2"}]}, [1, 5]),
            "not": ({"n": {"$not": {"$gt": 1}}}, [1, 4, 5]),
            "size": ({"t": {"$size": 2}}, [1]),
            "all": ({"t": {"$all": ["x", "y"]}}, [1]),
        }
        for name, (query, wanted) in expected.items():
            with self.subTest(name):
                self.assertEqual([found["_id"] for found in self.db.a.find(query).sort("_id")], wanted)

    def test_an_unknown_operator_is_refused_not_ignored(self):
        self.db.a.insert_one({"_id": 1, "n": 1})
        for query in ({"n": {"$near": 1}}, {"$where": "true"}):
            with self.assertRaises(OperationFailure) as caught:
                list(self.db.a.find(query))
            self.assertEqual(caught.exception.code, 2)
        with self.assertRaises(OperationFailure) as caught:
            self.db.a.update_one({}, {"$bit": {"n": {"and": 1}}})
        self.assertEqual(caught.exception.code, 9)
        with self.assertRaises(OperationFailure) as caught:
            self.db.command("mapReduce", "a")
        self.assertEqual(caught.exception.code, 59)

    def test_sort_skip_limit_projection_and_cursors(self):
        self.db.a.insert_many([{"_id": i, "group": i % 2, "x": {"y": i, "z": 0}} for i in range(250)])
        found = list(self.db.a.find({}, {"x.y": 1}).sort([("group", -1), ("_id", 1)]).skip(1).limit(2))
        self.assertEqual(found, [{"_id": 3, "x": {"y": 3}}, {"_id": 5, "x": {"y": 5}}])
        self.assertEqual(len(list(self.db.a.find(batch_size=20))), 250)
        self.assertEqual(self.db.a.find_one({"_id": 7}, {"_id": 0, "x.z": 0}), {"group": 1, "x": {"y": 7}})
        self.assertEqual(self.db.a.distinct("group"), [0, 1])

    def test_updates(self):
        self.db.a.insert_one({"_id": 1, "n": 1, "l": [1]})
        result = self.db.a.update_one(
            {"_id": 1},
            {
                "$inc": {"n": 2, "m.k": 1},
                "$push": {"l": {"$each": [2, 3], "$slice": -2}},
                "$setOnInsert": {"never": 1},
                "$unset": {"gone": 1},
            },
        )
        self.assertEqual((result.matched_count, result.modified_count), (1, 1))
        self.assertEqual(self.db.a.find_one(), {"_id": 1, "n": 3, "l": [2, 3], "m": {"k": 1}})
        self.assertEqual(self.db.a.update_one({"_id": 1}, {"$set": {"n": 3}}).modified_count, 0)
        upsert = self.db.a.update_one(
            {"_id": 2, "k": "v"}, {"$set": {"n": 1}, "$setOnInsert": {"new": True}}, upsert=True
        )
        self.assertEqual(upsert.upserted_id, 2)
        self.assertEqual(self.db.a.find_one({"_id": 2}), {"_id": 2, "k": "v", "n": 1, "new": True})
        with self.assertRaises(OperationFailure) as caught:
            self.db.a.update_one({"_id": 1}, {"$set": {"_id": 9}})
        self.assertEqual(caught.exception.code, 66)
        self.db.a.replace_one({"_id": 1}, {"only": 1})
        self.assertEqual(self.db.a.find_one({"_id": 1}), {"_id": 1, "only": 1})

    def test_find_and_modify_and_delete(self):
        self.db.a.insert_many([{"_id": i, "n": i} for i in range(4)])
        after = self.db.a.find_one_and_update(
            {"n": {"$gt": 1}}, {"$inc": {"n": 10}}, sort=[("n", -1)], return_document=True
        )
        self.assertEqual(after, {"_id": 3, "n": 13})
        self.assertIsNone(self.db.a.find_one_and_update({"n": 99}, {"$set": {"n": 0}}))
        self.assertEqual(self.db.a.find_one_and_delete({"_id": 0}), {"_id": 0, "n": 0})
        self.assertEqual((self.db.a.delete_one({}).deleted_count, self.db.a.delete_many({}).deleted_count), (1, 2))

    def test_aggregation(self):
        self.db.a.insert_many([{"k": "a", "n": 1}, {"k": "b", "n": 2}, {"k": "a", "n": 4}])
        groups = list(
            self.db.a.aggregate(
                [
                    {"$match": {"n": {"$gt": 0}}},
                    {"$group": {"_id": "$k", "sum": {"$sum": "$n"}, "count": {"$sum": 1}}},
                    {"$sort": {"_id": 1}},
                ]
            )
        )
        self.assertEqual(groups, [{"_id": "a", "sum": 5, "count": 2}, {"_id": "b", "sum": 2, "count": 1}])
        self.assertEqual(list(self.db.a.aggregate([{"$match": {"k": "a"}}, {"$count": "found"}])), [{"found": 2}])
        self.assertEqual(self.db.a.estimated_document_count(), 3)

    def test_what_was_answered_survives_a_kill(self):
        self.db.a.create_index("u", unique=True)
        self.db.a.insert_many([{"_id": i, "u": i} for i in range(20)])
        self.db.a.update_one({"_id": 3}, {"$set": {"deep": {"x": [1, None]}}})
        self.db.a.delete_one({"_id": 4})
        self.db.b.insert_one({"_id": 1})
        self.db.b.drop()
        before = list(self.db.a.find())
        for how in ("kill", "end"):
            self.restart(how)
            db = self.connect().credit
            self.assertEqual(list(db.a.find()), before)
            self.assertEqual(db.list_collection_names(), ["a"])
            with self.assertRaises(DuplicateKeyError):
                db.a.insert_one({"u": 3})

    def test_a_torn_record_at_the_end_is_dropped(self):
        self.db.a.insert_one({"_id": 1})
        self.server.kill()
        with open(os.path.join(self.directory, "standin.journal"), "ab") as file:
            file.write(b"\x40\x00\x00\x00torn")
        self.start()
        self.assertEqual(list(self.connect().credit.a.find()), [{"_id": 1}])

    def test_it_ends_cleanly_on_sigterm(self):
        self.assertEqual(self.server.end(), 0)

    def test_server_status_has_what_the_service_shows(self):
        status = self.db.client.admin.command("serverStatus")
        self.assertGreaterEqual(status["connections"]["current"], 1)
        self.assertGreater(status["mem"]["resident"], 0)
        before = status["opcounters"]["insert"]
        self.db.a.insert_one({})
        self.assertEqual(self.db.client.admin.command("serverStatus")["opcounters"]["insert"], before + 1)

    def test_mongosh_pings(self):
        for script, wanted in (("db.adminCommand('ping').ok", "1\n"), ("db.runCommand({ping: 1}).ok", "1\n")):
            result = run(
                "mongodb",
                "mongo_standin.mongosh",
                ["--quiet", "--host", "127.0.0.1", "--port", str(self.port), "--eval", script],
            )
            self.assertEqual((result.returncode, result.stdout), (0, wanted), result.stderr)
        result = run(
            "mongodb", "mongo_standin.mongosh", ["--port", str(free_port()), "--eval", "db.adminCommand('ping')"]
        )
        self.assertEqual((result.returncode, result.stdout), (1, ""))


if __name__ == "__main__":
    unittest.main()
