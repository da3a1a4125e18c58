#!/usr/bin/env python3
"""Extracts schemas/cloudwatch-api.json: the facts about the shapes of CloudWatch's alarms that the emulator needs.

Usage: python3 schemas/extract_cloudwatch_api.py service-2.json --botocore-version 1.44.5 --date 2026-11-30 > schemas/cloudwatch-api.json

The input is botocore's service model (data/cloudwatch/2010-08-01/service-2.json.gz in its wheel, unpacked). The form is
that of schemas/ecs-api.json.
"""

import extract_ecs_api

OPERATIONS = """
DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm SetAlarmState TagResource UntagResource
""".split()

if __name__ == "__main__":
    extract_ecs_api.main(OPERATIONS)
