"""Starts the embedded AWS (MiniStack), with judgements of its IAM made as AWS makes them.

- It speaks plain HTTP, on the loopback interface alone. Policies that demand TLS (that of CDK's bucket and the stack's
  own) are judged as on AWS, where these same requests come over TLS; otherwise every role would be denied.
- It takes the resource of a DynamoDB request from its table's name. Requests that name a resource in another way, by
  an ARN, in a PartiQL statement, by an iterator, are judged by that resource, too, and PartiQL by the actions that AWS
  knows for it (Service Authorization Reference, Amazon DynamoDB).
- It takes a request for one event source mapping for one that lists them all.

With SEGUE_RECORD_CALLS=<file> each judgement of a role's request is written there, one JSON object a line.
"""

import json
import os
import re

from ministack import app as aws
from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb_streams

STATEMENT = re.compile(r'\s*(INSERT|UPDATE|DELETE|SELECT)\b[^"]*"([^"]+)"', re.IGNORECASE)
PARTIQL = {"dynamodb:ExecuteStatement", "dynamodb:BatchExecuteStatement", "dynamodb:ExecuteTransaction"}
ONE_MAPPING = re.compile(r"/event-source-mappings/[^/]+$")
MAPPING_ACTIONS = {"GET": "lambda:GetEventSourceMapping", "DELETE": "lambda:DeleteEventSourceMapping"}

pin_request_origin = aws.pin_request_origin
resource_arns = iam_actions.dynamodb_resource_arns
resource_arn = iam_actions.extract_resource_arn
transaction_checks = iam_actions.dynamodb_transaction_checks


def over_tls(address, _secure):
    pin_request_origin(address, True)


def tables_and_backups(body, region, account):
    request = json.loads(body or b"{}")
    named = request.get("ResourceArn") or request.get("BackupArn")
    return [named] if named else resource_arns(body, region, account)


def streams(service, method, path, headers, body, query, region, account):
    if service != "dynamodbstreams":
        return resource_arn(service, method, path, headers, body, query, region, account)
    request = json.loads(body or b"{}")
    iterator = dynamodb_streams._decode_iterator(request.get("ShardIterator") or "") or {}
    return request.get("StreamArn") or iterator.get("arn") or "*"


def statements(action, body, region, account):
    if action not in PARTIQL:
        return transaction_checks(action, body, region, account)
    request = json.loads(body or b"{}")
    batch = request.get("Statements") or request.get("TransactStatements") or [request]
    return [partiql(statement.get("Statement", ""), region, account) for statement in batch]


def partiql(statement, region, account):
    found = STATEMENT.match(statement)
    if not found:
        return "dynamodb:PartiQLSelect", "*"
    return f"dynamodb:PartiQL{found[1].capitalize()}", f"arn:aws:dynamodb:{region}:{account}:table/{found[2]}"


aws.pin_request_origin = over_tls
iam_actions.dynamodb_resource_arns = tables_and_backups
iam_actions.extract_resource_arn = streams
iam_actions.dynamodb_transaction_checks = statements
aws.main()
