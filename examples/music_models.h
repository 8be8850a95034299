/* music_models: the Chinook database as it is, a music shop with eleven tables. Tables are called like the models and
 * columns like their attributes. Chinook's script for PostgreSQL calls the same things in snake_case: the database is
 * opened with .snake_case there. */
#ifndef EXAMPLES_MUSIC_MODELS_H
#define EXAMPLES_MUSIC_MODELS_H

#include <kith/kith.h>

#define TABLE(called) .name = called, .freeze_table_name = true, .no_timestamps = true

extern const kith_model artist_model, album_model, track_model, genre_model, media_type_model, playlist_model,
    playlist_track_model, employee_model, customer_model, invoice_model, invoice_line_model;

/* ---- music ---- */

const kith_model artist_model = {
    TABLE("Artist"),
    .attrs = KITH_ATTRS({ .name = "ArtistId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "Name", .type = KITH_STRING(120) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "Albums", .target = &album_model, .foreign_key = "ArtistId" }),
};
const kith_model album_model = {
    TABLE("Album"),
    .attrs = KITH_ATTRS({ .name = "AlbumId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "Title", .type = KITH_STRING(160), .not_null = true },
                        { .name = "ArtistId", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "Artist", .target = &artist_model, .foreign_key = "ArtistId" },
                          { KITH_HAS_MANY, .as = "Tracks", .target = &track_model, .foreign_key = "AlbumId" }),
};
const kith_model track_model = {
    TABLE("Track"),
    .attrs = KITH_ATTRS({ .name = "TrackId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "Name", .type = KITH_STRING(200), .not_null = true },
                        { .name = "AlbumId", .type = KITH_INTEGER },
                        { .name = "MediaTypeId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "GenreId", .type = KITH_INTEGER }, { .name = "Composer", .type = KITH_STRING(220) },
                        { .name = "Milliseconds", .type = KITH_INTEGER, .not_null = true },
                        { .name = "Bytes", .type = KITH_INTEGER },
                        { .name = "UnitPrice", .type = KITH_DECIMAL(10, 2), .not_null = true }),
    .assocs =
        KITH_ASSOCS({ KITH_BELONGS_TO, .as = "Album", .target = &album_model, .foreign_key = "AlbumId" },
                    { KITH_BELONGS_TO, .as = "Genre", .target = &genre_model, .foreign_key = "GenreId" },
                    { KITH_BELONGS_TO, .as = "MediaType", .target = &media_type_model, .foreign_key = "MediaTypeId" },
                    { KITH_HAS_MANY, .as = "InvoiceLines", .target = &invoice_line_model, .foreign_key = "TrackId" },
                    { KITH_BELONGS_TO_MANY, .as = "Playlists", .target = &playlist_model,
                      .through_model = &playlist_track_model, .foreign_key = "TrackId", .other_key = "PlaylistId" }),
};
const kith_model genre_model = {
    TABLE("Genre"),
    .attrs = KITH_ATTRS({ .name = "GenreId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "Name", .type = KITH_STRING(120) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "Tracks", .target = &track_model, .foreign_key = "GenreId" }),
};
const kith_model media_type_model = {
    TABLE("MediaType"),
    .attrs = KITH_ATTRS({ .name = "MediaTypeId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "Name", .type = KITH_STRING(120) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "Tracks", .target = &track_model, .foreign_key = "MediaTypeId" }),
};
const kith_model playlist_model = {
    TABLE("Playlist"),
    .attrs = KITH_ATTRS({ .name = "PlaylistId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "Name", .type = KITH_STRING(120) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "Tracks", .target = &track_model,
                            .through_model = &playlist_track_model, .foreign_key = "PlaylistId",
                            .other_key = "TrackId" }),
};
/* The join table: nothing but its two keys, which together are its own. */
const kith_model playlist_track_model = {
    TABLE("PlaylistTrack"),
    .attrs = KITH_ATTRS({ .name = "PlaylistId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "TrackId", .type = KITH_INTEGER, .primary_key = true }),
};

/* ---- people and sales ---- */

/* Two associations over one column, both between employees: up and down. */
const kith_model employee_model = {
    TABLE("Employee"),
    .attrs = KITH_ATTRS({ .name = "EmployeeId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "LastName", .type = KITH_STRING(20), .not_null = true },
                        { .name = "FirstName", .type = KITH_STRING(20), .not_null = true },
                        { .name = "Title", .type = KITH_STRING(30) }, { .name = "ReportsTo", .type = KITH_INTEGER },
                        { .name = "BirthDate", .type = KITH_DATE }, { .name = "HireDate", .type = KITH_DATE },
                        { .name = "Address", .type = KITH_STRING(70) }, { .name = "City", .type = KITH_STRING(40) },
                        { .name = "State", .type = KITH_STRING(40) }, { .name = "Country", .type = KITH_STRING(40) },
                        { .name = "PostalCode", .type = KITH_STRING(10) }, { .name = "Phone", .type = KITH_STRING(24) },
                        { .name = "Fax", .type = KITH_STRING(24) }, { .name = "Email", .type = KITH_STRING(60) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "Manager", .target = &employee_model, .foreign_key = "ReportsTo" },
                          { KITH_HAS_MANY, .as = "Reports", .target = &employee_model, .foreign_key = "ReportsTo" },
                          { KITH_HAS_MANY, .as = "Customers", .target = &customer_model,
                            .foreign_key = "SupportRepId" }),
};
const kith_model customer_model = {
    TABLE("Customer"),
    .attrs = KITH_ATTRS({ .name = "CustomerId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "FirstName", .type = KITH_STRING(40), .not_null = true },
                        { .name = "LastName", .type = KITH_STRING(20), .not_null = true },
                        { .name = "Company", .type = KITH_STRING(80) }, { .name = "Address", .type = KITH_STRING(70) },
                        { .name = "City", .type = KITH_STRING(40) }, { .name = "State", .type = KITH_STRING(40) },
                        { .name = "Country", .type = KITH_STRING(40) },
                        { .name = "PostalCode", .type = KITH_STRING(10) }, { .name = "Phone", .type = KITH_STRING(24) },
                        { .name = "Fax", .type = KITH_STRING(24) },
                        { .name = "Email", .type = KITH_STRING(60), .not_null = true },
                        { .name = "SupportRepId", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "SupportRep", .target = &employee_model,
                            .foreign_key = "SupportRepId" },
                          { KITH_HAS_MANY, .as = "Invoices", .target = &invoice_model, .foreign_key = "CustomerId" }),
};
const kith_model invoice_model = {
    TABLE("Invoice"),
    .attrs = KITH_ATTRS({ .name = "InvoiceId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "CustomerId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "InvoiceDate", .type = KITH_DATE, .not_null = true },
                        { .name = "BillingAddress", .type = KITH_STRING(70) },
                        { .name = "BillingCity", .type = KITH_STRING(40) },
                        { .name = "BillingState", .type = KITH_STRING(40) },
                        { .name = "BillingCountry", .type = KITH_STRING(40) },
                        { .name = "BillingPostalCode", .type = KITH_STRING(10) },
                        { .name = "Total", .type = KITH_DECIMAL(10, 2), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "Customer", .target = &customer_model, .foreign_key = "CustomerId" },
                          { KITH_HAS_MANY, .as = "Lines", .target = &invoice_line_model, .foreign_key = "InvoiceId" }),
};
const kith_model invoice_line_model = {
    TABLE("InvoiceLine"),
    .attrs = KITH_ATTRS({ .name = "InvoiceLineId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "InvoiceId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "TrackId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "UnitPrice", .type = KITH_DECIMAL(10, 2), .not_null = true },
                        { .name = "Quantity", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "Invoice", .target = &invoice_model, .foreign_key = "InvoiceId" },
                          { KITH_BELONGS_TO, .as = "Track", .target = &track_model, .foreign_key = "TrackId" }),
};

#define MUSIC_MODELS                                                                                                   \
    KITH_MODELS(&artist_model, &album_model, &track_model, &genre_model, &media_type_model, &playlist_model,           \
                &playlist_track_model, &employee_model, &customer_model, &invoice_model, &invoice_line_model)

#endif
