"""Starts the embedded AWS (MiniStack), with judgements of its IAM made as AWS makes them.

- It speaks plain HTTP, on the loopback interface alone. Policies that demand TLS (that of CDK's bucket and the stack's
  own) are judged as on AWS, where these same requests come over TLS; otherwise every role would be denied.
- It takes the resource of a DynamoDB request from its table's name. Requests that name a resource in another way, by
  an ARN, in a PartiQL statement, by an iterator, are judged by that resource, too, and PartiQL by the actions that AWS
  knows for it (Service Authorization Reference, Amazon DynamoDB).
- It takes a look at alarms for one without a resource.
- It knows that a copy of an object takes its tags along, that an upload may bring some, and that only who may list a
  bucket is told that an object is missing (Amazon S3 API Reference).
- It takes a request for one event source mapping for one that lists them all, judges neither its removal nor a look at
  the account's settings, and does not know which function a new mapping is for. A table that is created with tags is
  tagged, too.

Policies know whoever has assumed a role by the ARN of the role, not of the session (IAM User Guide, aws:PrincipalArn).
Its events of objects are given the id of the request that made them, as AWS gives it to both the answer and the event.

With SEGUE_RECORD_CALLS=<file> each judgement of a role's request is written there, one JSON object a line; the same
judgement once.

All tables are in the memory of this one process, which lives for minutes: full garbage collections, seconds long with
a hundred thousand items, are left out.
"""

import gc
import contextvars
import json
import os
import re

from ministack import app as aws
from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb_streams, s3

STATEMENT = re.compile(r'\s*(INSERT|UPDATE|DELETE|SELECT)\b[^"]*"([^"]+)"', re.IGNORECASE)
PARTIQL = {"dynamodb:ExecuteStatement", "dynamodb:BatchExecuteStatement", "dynamodb:ExecuteTransaction"}
DESCRIBE_ALARMS = "cloudwatch:DescribeAlarms"
LAMBDA_ACTIONS = [
    ("GET", re.compile(r"/event-source-mappings/[^/]+$"), "lambda:GetEventSourceMapping"),
    ("DELETE", re.compile(r"/event-source-mappings/[^/]+$"), "lambda:DeleteEventSourceMapping"),
    ("GET", re.compile(r"/account-settings/?$"), "lambda:GetAccountSettings"),
]

iam_action = iam_actions.extract_iam_action
context_of = iam_actions.request_tag_context
enforce = iam_evaluator.enforce
evaluate = iam_evaluator.evaluate
pin_request_origin = aws.pin_request_origin
resource_arns = iam_actions.dynamodb_resource_arns
resource_arn = iam_actions.extract_resource_arn
s3_checks = iam_actions.s3_additional_checks
transaction_checks = iam_actions.dynamodb_transaction_checks


def over_tls(address, _secure):
    pin_request_origin(address, True)


def tables_and_backups(body, region, account):
    request = json.loads(body or b"{}")
    named = request.get("ResourceArn") or request.get("BackupArn")
    return [named] if named else resource_arns(body, region, account)


def resource(service, method, path, headers, body, query, region, account):
    if service == "monitoring" and actions(service, method, path, headers, body, query) == DESCRIBE_ALARMS:
        return f"arn:aws:cloudwatch:{region}:{account}:alarm:*"
    if service != "dynamodbstreams":
        return resource_arn(service, method, path, headers, body, query, region, account)
    request = json.loads(body or b"{}")
    iterator = dynamodb_streams._decode_iterator(request.get("ShardIterator") or "") or {}
    return request.get("StreamArn") or iterator.get("arn") or "*"


def actions(service, method, path, headers, body, query):
    if service == "lambda":
        for one_method, pattern, action in LAMBDA_ACTIONS:
            if method == one_method and pattern.search(path):
                return action
    return iam_action(service, method, path, headers, body, query)


def context(service, action, body, params):
    keys = context_of(service, action, body, params)
    if action == "lambda:CreateEventSourceMapping":
        return {**keys, "lambda:FunctionArn": json.loads(body or b"{}").get("FunctionName")}
    return keys


def statements(action, body, region, account):
    if action not in PARTIQL and action != "dynamodb:CreateTable":
        return transaction_checks(action, body, region, account)
    request = json.loads(body or b"{}")
    if action == "dynamodb:CreateTable":
        needed = [action, "dynamodb:TagResource"] if request.get("Tags") else [action]
        return [(one, arn) for one in needed for arn in resource_arns(body, region, account)]
    batch = request.get("Statements") or request.get("TransactStatements") or [request]
    return [partiql(statement.get("Statement", ""), region, account) for statement in batch]


def object_checks(method, path, headers, body, query):
    checks = s3_checks(method, path, headers, body, query)
    bucket, _, key = path.lstrip("/").partition("/")
    if not key:
        return checks
    action = iam_actions._s3_action(method, path, query)
    target = f"arn:aws:s3:::{bucket}/{key}"
    source, _version = iam_actions._s3_source_object(headers) or ("", "")
    # Parts carry no tags.
    copied = source and action == "PutObject" and "uploadId" not in query
    if copied and s3.object_tags_for_condition(*source.removeprefix("arn:aws:s3:::").split("/", 1), {}):
        checks += [("s3:GetObjectTagging", source), ("s3:PutObjectTagging", target)]
    if "x-amz-tagging" in headers:
        checks.append(("s3:PutObjectTagging", target))
    if action == "GetObject" and key not in (s3._buckets.get(bucket) or {"objects": {key}})["objects"]:
        checks.append(("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
    return checks


def partiql(statement, region, account):
    found = STATEMENT.match(statement)
    if not found:
        return "dynamodb:PartiQLSelect", "*"
    return f"dynamodb:PartiQL{found[1].capitalize()}", f"arn:aws:dynamodb:{region}:{account}:table/{found[2]}"


ASSUMED_ROLE = re.compile(r"arn:(aws[^:]*):sts::(\d+):assumed-role/([^/]+)/.*")
condition_key = iam_evaluator._resolve_condition_key


def role_of_session(key, ctx):
    value = condition_key(key, ctx)
    if key.lower() != "aws:principalarn" or not isinstance(value, str):
        return value
    return ASSUMED_ROLE.sub(r"arn:\1:iam::\2:role/\3", value)


# The request that is being answered, and whether its event is about to be named after it.
request_id = contextvars.ContextVar("request_id", default=None)
naming = contextvars.ContextVar("naming", default=False)
answer = aws._dispatch_service_request
fire_event = s3._fire_s3_event
new_uuid = s3.new_uuid


async def answer_named(method, path, headers, body, query, answer_id):
    request_id.set(answer_id)
    return await answer(method, path, headers, body, query, answer_id)


def fire_named_event(*args, **kwargs):
    naming.set(True)
    try:
        fire_event(*args, **kwargs)
    finally:
        naming.set(False)


def event_id():
    if not naming.get():
        return new_uuid()
    naming.set(False)
    return request_id.get() or new_uuid()


class Record:
    """Keeps each judgement once."""

    def __init__(self, path):
        self.path = path
        self.known = set()
        self.request = contextvars.ContextVar("request", default=None)

    def enforce(self, *args, **kwargs):
        self.request.set(None)
        refusal = enforce(*args, **kwargs)
        if request := self.request.get():
            self.note(request.principal_arn, request.action, request.resource_arn, refusal is None)
        return refusal

    def evaluate(self, request, *policies):
        # The first look is at the caller's own policies, the next at those of the resource.
        if self.request.get() is None:
            self.request.set(request)
        return evaluate(request, *policies)

    def note(self, *judgement):
        if judgement in self.known:
            return
        self.known.add(judgement)
        line = json.dumps(dict(zip(("principal", "action", "resource", "allowed"), judgement)))
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")


aws.pin_request_origin = over_tls
iam_evaluator._resolve_condition_key = role_of_session
aws._dispatch_service_request = answer_named
s3._fire_s3_event = fire_named_event
s3.new_uuid = event_id
iam_actions.extract_iam_action = actions
iam_actions.request_tag_context = context
iam_actions.dynamodb_resource_arns = tables_and_backups
iam_actions.extract_resource_arn = resource
iam_actions.s3_additional_checks = object_checks
iam_actions.dynamodb_transaction_checks = statements
if os.environ.get("SEGUE_RECORD_CALLS"):
    record = Record(os.environ["SEGUE_RECORD_CALLS"])
    iam_evaluator.enforce = record.enforce
    iam_evaluator.evaluate = record.evaluate
aws.main()
