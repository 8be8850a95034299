/* kith/export.h: what makes a symbol public, and the version of this interface. */
#ifndef KITH_EXPORT_H
#define KITH_EXPORT_H

#if defined(__GNUC__)
#define KITH_API __attribute__((visibility("default")))
#else
#define KITH_API
#endif

#ifdef __cplusplus
#define KITH_BEGIN_DECLS extern "C" {
#define KITH_END_DECLS   }
#else
#define KITH_BEGIN_DECLS
#define KITH_END_DECLS
#endif

#define KITH_VERSION "0.1.0"

/* Grows with every change of a public struct. kith_open compares it with the library's own. */
#define KITH_API_VERSION 2

#endif
