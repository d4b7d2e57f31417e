/*
 * packfile_form.h - words of the metadata that packfile.c reads and
 * packfile_write.c writes.
 */
#ifndef MODEL_PACKFILE_FORM_H
#define MODEL_PACKFILE_FORM_H

#define PACKFILE_FORMAT "xenc"

/* Numbers are as the machine that packs has them. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define PACKFILE_BYTE_ORDER "little"
#else
#define PACKFILE_BYTE_ORDER "big"
#endif

#endif
