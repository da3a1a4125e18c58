#!/usr/bin/env python3
"""Extracts schemas/ecs-api.json: the facts about ECS shapes that the emulator checks bodies against.

Usage: python3 schemas/extract_ecs_api.py service-2.json --botocore-version 1.44.5 --date 2026-11-22 > schemas/ecs-api.json

The input is botocore's service model (data/ecs/2014-11-13/service-2.json.gz in its wheel, unpacked). Only what can be
reached from the operations below is kept, without any documentation text, one shape per line so that an update of the
model is readable as a diff. Of all other operations only the names are kept, so that a call of one can be told from a
call of none.
"""

import argparse
import json
import re

OPERATIONS = """
CreateCapacityProvider CreateCluster CreateDaemon CreateService DeleteAccountSetting DeleteAttributes
DeleteCapacityProvider DeleteCluster DeleteDaemon DeleteDaemonTaskDefinition DeleteService DeleteTaskDefinitions
DeregisterContainerInstance DeregisterTaskDefinition DescribeCapacityProviders DescribeClusters
DescribeContainerInstances DescribeDaemon DescribeDaemonDeployments DescribeDaemonRevisions DescribeDaemonTaskDefinition
DescribeServiceDeployments DescribeServiceRevisions DescribeServices DescribeTaskDefinition DescribeTasks
DiscoverPollEndpoint ExecuteCommand GetTaskProtection ListAccountSettings ListAttributes ListClusters
ListContainerInstances ListDaemonDeployments ListDaemonTaskDefinitions ListDaemons ListServiceDeployments ListServices
ListServicesByNamespace ListTagsForResource ListTaskDefinitionFamilies ListTaskDefinitions ListTasks PutAccountSetting
PutAccountSettingDefault PutAttributes PutClusterCapacityProviders RegisterDaemonTaskDefinition RegisterTaskDefinition
RunTask StartTask StopServiceDeployment StopTask TagResource UntagResource UpdateCapacityProvider UpdateCluster
UpdateClusterSettings UpdateContainerInstancesState UpdateDaemon UpdateService UpdateTaskProtection
""".split()

SHAPE_FACTS = ["type", "required", "enum", "min", "max", "pattern", "sensitive", "box", "union", "document", "exception"]


def shape_facts(shape):
    """The facts of one shape, with members reduced to the names of their shapes."""
    facts = {key: shape[key] for key in SHAPE_FACTS if key in shape}
    if "members" in shape:
        facts["members"] = {name: member["shape"] for name, member in sorted(shape["members"].items())}
    for key in ("member", "key", "value"):
        if key in shape:
            facts[key] = shape[key]["shape"]
    return facts


def references(facts):
    """Names of the shapes that one shape refers to."""
    yield from facts.get("members", {}).values()
    for key in ("member", "key", "value"):
        if key in facts:
            yield facts[key]


def extract(model, names):
    """Operations and every shape that can be reached from their inputs, outputs and errors."""
    operations, shapes, waiting = {}, {}, []
    for name in sorted(names):
        operation = model["operations"][name]
        errors = sorted(error["shape"] for error in operation.get("errors", []))
        # An operation may answer nothing at all.
        output = operation.get("output", {"shape": "Nothing"})["shape"]
        operations[name] = {"input": operation["input"]["shape"], "output": output, "errors": errors}
        waiting += [operation["input"]["shape"], output, *errors]
    model["shapes"].setdefault("Nothing", {"type": "structure", "members": {}})
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = shape_facts(model["shapes"][name])
            waiting += references(shapes[name])
    return operations, dict(sorted(shapes.items()))


def lines(table):
    """A JSON object with one entry per line."""
    return ",\n".join(f"    {json.dumps(name)}: {json.dumps(entry, sort_keys=True)}" for name, entry in table.items())


def main(names):
    """Prints the extract of these operations."""
    parser = argparse.ArgumentParser(description="Extracts the shapes of some operations from a service model.")
    parser.add_argument("service", help="path of the unpacked service-2.json")
    parser.add_argument("--botocore-version", required=True)
    parser.add_argument("--date", required=True, help="date of the extract, YYYY-MM-DD")
    arguments = parser.parse_args()
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", arguments.date):
        parser.error("--date must look like 2026-11-22")
    with open(arguments.service, encoding="utf-8") as file:
        model = json.load(file)
    operations, shapes = extract(model, names)
    version = model["metadata"]["apiVersion"]
    source = f"botocore {arguments.botocore_version}, service model {version}"
    print("{")
    print(f'  "source": {json.dumps(source)},')
    print(f'  "date": {json.dumps(arguments.date)},')
    print(f'  "targetPrefix": {json.dumps(model["metadata"]["targetPrefix"])},')
    others = sorted(set(model["operations"]) - set(operations))
    print('  "others": [')
    print(",\n".join(f"    {json.dumps(name)}" for name in others))
    print("  ],")
    print('  "operations": {')
    print(lines(operations))
    print("  },")
    print('  "shapes": {')
    print(lines(shapes))
    print("  }")
    print("}")


if __name__ == "__main__":
    main(OPERATIONS)
