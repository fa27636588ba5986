"""Describes what an item carries on this installation."""

from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.settings import Settings

ITEM = {
    "ID": "Guid",
    "Code": "String",
    "Description": "String",
    "ExtDescription": "String",
    "ItemPrice": "Decimal",
    "Weight": "Decimal",
    "MeasurementUnit": "String",
    "RevisionNumber": "Int64",
}
CATEGORY = {"CategoryRootID": "Guid", "CategoryLeafID": "Guid", "IsPerCompany": "Int32"}
ATTRIBUTE = {
    "ID": "Guid",
    "AttrID": "Guid",
    "FldAttrValueID": "Guid",
    "FldString": "String",
    "FldDecimal": "Decimal",
    "FldBoolean": "Int32",
    "FldDateTime": "DateTime",
}
COMBINATION = {"ID": "Guid", "Code": "String", "ItemPrice": "Decimal"}
VALUE = {"DimensionID": "Guid", "ValueID": "Guid"}


def describe_items(settings: Settings) -> Row:
    """Give name, type, fields, details and collections of an item, nested."""
    collections = [
        _described("ItemCategories", "ItemCategory", CATEGORY),
        _described("ItemAttributes", "ItemAttribute", ATTRIBUTE),
    ]
    if settings.combinations_field:
        values = _described("Values", "DimensionValue", VALUE)
        combination = _described(
            settings.combinations_field, "DimensionCombination", COMBINATION
        )
        collections.append({**combination, "Collections": [values]})
    return {**_described("Items", "Item", ITEM), "Collections": collections}


def _described(name: str, type_name: str, fields: dict[str, str]) -> Row:
    return {
        "Name": name,
        "Type": type_name,
        "Fields": [{"Name": field, "Type": kind} for field, kind in fields.items()],
        "Details": [],
        "Collections": [],
    }
