/* postgres_types: the numbers of PostgreSQL's own types, which are the same on every server. */
#ifndef KITH_DRIVER_POSTGRES_TYPES_H
#define KITH_DRIVER_POSTGRES_TYPES_H

enum postgres_type {
    TYPE_UNKNOWN_YET = 0, /* of a parameter: the server decides by where it stands */
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_OID = 26,
    TYPE_JSON = 114,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_UNKNOWN = 705, /* text without a type */
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_DATE = 1082,
    TYPE_TIME = 1083,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700,
    TYPE_VOID = 2278,
    TYPE_UUID = 2950,
    TYPE_JSONB = 3802,
    TYPE_BOOL_ARRAY = 1000,
    TYPE_BYTEA_ARRAY = 1001,
    TYPE_TEXT_ARRAY = 1009,
    TYPE_INT8_ARRAY = 1016,
    TYPE_FLOAT8_ARRAY = 1022,
    TYPE_TIMESTAMPTZ_ARRAY = 1185,
};

/* Moments are counted from 2000-01-01 there: the microseconds from 1970 to then. */
#define POSTGRES_EPOCH INT64_C(946684800000000)

#endif
