"""Reads the JSON schemas of one OCPP version, with its known mistakes put right."""

import json
import pathlib

REQUEST, RESPONSE = "Request", "Response"


def file_name(version, message, kind):
    """The schema's file name in PyPI's ocpp: 1.6 has no suffix for requests."""
    suffix = "" if version == "1.6" and kind == REQUEST else kind
    return f"{message}{suffix}.json"


def installed_folder(version):
    """Where the `ocpp` package of the running Python keeps its schemas."""
    import ocpp

    return pathlib.Path(ocpp.__file__).parent / ("v" + version.replace(".", "")) / "schemas"


def load(version, folder):
    """Returns {message: {"Request": schema, "Response": schema}}, sorted by message."""
    folder = pathlib.Path(folder)
    names = sorted(
        path.name[: -len("Response.json")] for path in folder.glob("*Response.json")
    )
    if not names:
        raise SystemExit(f"{folder}: there are no schemas")
    messages = {}
    for message in names:
        messages[message] = {}
        for kind in (REQUEST, RESPONSE):
            path = folder / file_name(version, message, kind)
            schema = json.loads(path.read_text(encoding="utf-8-sig"))
            messages[message][kind] = schema
    if version == "1.6":
        correct_16(messages)
    return messages


def correct_16(messages):
    """Two faults of the 1.6 schemas, where one type differs between two messages.

    - StopTransaction allows an empty `sampledValue`; MeterValues and the specification's table
      (1..*) do not.
    - MeterValues has the unit Hertz and StopTransaction has not. Both take it when reading; when
      writing, it is the dialect's part not to put it into a StopTransaction.
    """
    stop_data = messages["StopTransaction"][REQUEST]["properties"]["transactionData"]
    stop_sample = stop_data["items"]["properties"]["sampledValue"]
    stop_sample["minItems"] = 1

    meter_values = messages["MeterValues"][REQUEST]["properties"]["meterValue"]
    meter_sample = meter_values["items"]["properties"]["sampledValue"]
    units = [sample["items"]["properties"]["unit"] for sample in (meter_sample, stop_sample)]
    both = list(dict.fromkeys(units[0]["enum"] + units[1]["enum"]))
    for unit in units:
        unit["enum"] = list(both)
