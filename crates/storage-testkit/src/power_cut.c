/*
** A SQLite VFS that remembers what was written and not yet synced.
**
** It hands everything to the default VFS, so the program sees an ordinary file. Beside that it keeps,
** for the database, its log and its rollback journal, the writes and truncations since the last sync
** of that file. "PRAGMA power_cut = '<seed>:<path>'" writes to <path>, <path>-wal and <path>-journal
** what a disk might hold if the power failed at this moment: everything synced, and of the rest what
** the seed picks: nothing, the first so many sectors, or any sectors in any order. The program goes
** on running; a test opens the copy instead.
**
** A sync takes SYNC_MICROSECONDS before it counts, so that cuts fall into open syncs. The real disk
** is not synced at all. Creating and deleting a file count at once.
**
** The VFS registers itself as "power_cut" when the program is loaded.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sqlite3.h"

#define SECTOR 512
#define SYNC_MICROSECONDS 400

typedef struct Change Change;
struct Change {
  sqlite3_int64 offset;      /* where written, or the new size of a truncation */
  sqlite3_int64 old_size;    /* size of the file before */
  sqlite3_int64 number;      /* position in the order of all changes */
  int is_truncation;
  int new_length;
  int old_length;
  unsigned char *new_bytes;
  unsigned char *old_bytes;  /* what was there before, from offset on */
  Change *next;
  Change *previous;
};

typedef struct Journal Journal;
struct Journal {
  char *path;
  Change *first;
  Change *last;
  Journal *next;
};

typedef struct File {
  sqlite3_file base;
  Journal *journal;          /* 0 for files whose loss does no harm */
  sqlite3_file *real;
} File;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;
static sqlite3_mutex *mutex;
static Journal *journals;
static sqlite3_int64 changes;

#define REAL(f) (((File *)(f))->real)

static void free_change(Change *change) {
  free(change->new_bytes);
  free(change->old_bytes);
  free(change);
}

/* Forgets the changes up to a number: they are on disk now. */
static void settle(Journal *journal, sqlite3_int64 number) {
  while (journal->first && journal->first->number <= number) {
    Change *change = journal->first;
    journal->first = change->next;
    if (journal->first) journal->first->previous = 0; else journal->last = 0;
    free_change(change);
  }
}

static Journal *journal_of(const char *path, int create) {
  Journal *journal;
  for (journal = journals; journal; journal = journal->next) {
    if (strcmp(journal->path, path) == 0) return journal;
  }
  if (!create) return 0;
  journal = calloc(1, sizeof *journal);
  if (!journal) return 0;
  journal->path = strdup(path);
  journal->next = journals;
  journals = journal;
  return journal;
}

/* Notes a change before it is made. Call with the mutex held. */
static int note(File *file, const void *bytes, int length, sqlite3_int64 offset, int is_truncation) {
  Journal *journal = file->journal;
  sqlite3_int64 size = 0, old;
  Change *change;
  int rc = file->real->pMethods->xFileSize(file->real, &size);
  if (rc != SQLITE_OK) return rc;
  change = calloc(1, sizeof *change);
  if (!change) return SQLITE_NOMEM;
  change->offset = offset;
  change->old_size = size;
  change->is_truncation = is_truncation;
  old = size > offset ? size - offset : 0;
  if (!is_truncation && old > length) old = length;
  if (old > 0) {
    change->old_bytes = malloc((size_t)old);
    if (!change->old_bytes) { free_change(change); return SQLITE_NOMEM; }
    change->old_length = (int)old;
    rc = file->real->pMethods->xRead(file->real, change->old_bytes, (int)old, offset);
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) { free_change(change); return rc; }
  }
  if (length > 0) {
    change->new_bytes = malloc((size_t)length);
    if (!change->new_bytes) { free_change(change); return SQLITE_NOMEM; }
    memcpy(change->new_bytes, bytes, (size_t)length);
    change->new_length = length;
  }
  change->number = ++changes;
  change->previous = journal->last;
  if (journal->last) journal->last->next = change; else journal->first = change;
  journal->last = change;
  return SQLITE_OK;
}

static int file_write(sqlite3_file *f, const void *bytes, int length, sqlite3_int64 offset) {
  File *file = (File *)f;
  int rc = SQLITE_OK;
  if (!file->journal) return file->real->pMethods->xWrite(file->real, bytes, length, offset);
  sqlite3_mutex_enter(mutex);
  rc = note(file, bytes, length, offset, 0);
  if (rc == SQLITE_OK) rc = file->real->pMethods->xWrite(file->real, bytes, length, offset);
  sqlite3_mutex_leave(mutex);
  return rc;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size) {
  File *file = (File *)f;
  int rc = SQLITE_OK;
  if (!file->journal) return file->real->pMethods->xTruncate(file->real, size);
  sqlite3_mutex_enter(mutex);
  rc = note(file, 0, 0, size, 1);
  if (rc == SQLITE_OK) rc = file->real->pMethods->xTruncate(file->real, size);
  sqlite3_mutex_leave(mutex);
  return rc;
}

static int file_sync(sqlite3_file *f, int flags) {
  File *file = (File *)f;
  sqlite3_int64 number;
  (void)flags;
  if (!file->journal) return SQLITE_OK;
  sqlite3_mutex_enter(mutex);
  number = changes;
  sqlite3_mutex_leave(mutex);
  real_vfs->xSleep(real_vfs, SYNC_MICROSECONDS);
  sqlite3_mutex_enter(mutex);
  settle(file->journal, number);
  sqlite3_mutex_leave(mutex);
  return SQLITE_OK;
}

/* The state of a pseudo-random sequence (splitmix64). */
static sqlite3_uint64 draw(sqlite3_uint64 *state) {
  sqlite3_uint64 z = (*state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

typedef struct Image {
  unsigned char *bytes;
  sqlite3_int64 size;
} Image;

static int resize(Image *image, sqlite3_int64 size) {
  if (size > image->size) {
    unsigned char *grown = realloc(image->bytes, (size_t)size);
    if (!grown) return SQLITE_NOMEM;
    memset(grown + image->size, 0, (size_t)(size - image->size));
    image->bytes = grown;
  }
  image->size = size;
  return SQLITE_OK;
}

static int put(Image *image, sqlite3_int64 offset, const unsigned char *bytes, int length) {
  if (offset + length > image->size && resize(image, offset + length) != SQLITE_OK) {
    return SQLITE_NOMEM;
  }
  if (length > 0) memcpy(image->bytes + offset, bytes, (size_t)length);
  return SQLITE_OK;
}

/* Makes again what of a change the seed picks, a sector at a time. */
static int redo(Image *image, const Change *change, int chance, sqlite3_uint64 *state) {
  int done = 0;
  if (change->is_truncation) {
    if ((int)(draw(state) % 100) < chance && change->offset < image->size) {
      image->size = change->offset;
    }
    return SQLITE_OK;
  }
  while (done < change->new_length) {
    sqlite3_int64 offset = change->offset + done;
    int length = (int)(SECTOR - offset % SECTOR);
    if (length > change->new_length - done) length = change->new_length - done;
    if ((int)(draw(state) % 100) < chance) {
      int rc = put(image, offset, change->new_bytes + done, length);
      if (rc != SQLITE_OK) return rc;
    }
    done += length;
  }
  return SQLITE_OK;
}

static int load(const char *path, Image *image) {
  FILE *in = fopen(path, "rb");
  unsigned char block[65536];
  size_t length;
  int rc = SQLITE_OK;
  if (!in) return SQLITE_NOTFOUND;
  while (rc == SQLITE_OK && (length = fread(block, 1, sizeof block, in)) > 0) {
    rc = put(image, image->size, block, (int)length);
  }
  fclose(in);
  return rc;
}

static int store(const char *path, const Image *image) {
  FILE *out = fopen(path, "wb");
  size_t written;
  if (!out) return SQLITE_CANTOPEN;
  written = image->size > 0 ? fwrite(image->bytes, 1, (size_t)image->size, out) : 0;
  if (fclose(out) != 0 || written != (size_t)image->size) return SQLITE_IOERR_WRITE;
  return SQLITE_OK;
}

/* Writes what one file might be after the cut. Returns the number of unsynced changes, or -1. */
static int cut_file(const char *path, const char *target, sqlite3_uint64 *state) {
  Image image = {0, 0};
  Journal *journal = journal_of(path, 0);
  Change *change;
  int count = 0, place = 0, rc = load(path, &image);
  if (rc == SQLITE_NOTFOUND) { remove(target); return 0; }
  for (change = journal ? journal->last : 0; rc == SQLITE_OK && change; change = change->previous) {
    rc = put(&image, change->offset, change->old_bytes, change->old_length);
    if (rc == SQLITE_OK) rc = resize(&image, change->old_size);
    count++;
  }
  if (count > 0 && rc == SQLITE_OK) {
    int mode = (int)(draw(state) % 3);
    int kept = (int)(draw(state) % (sqlite3_uint64)(count + 1));
    int chance = (int)(draw(state) % 101);
    for (change = journal->first; rc == SQLITE_OK && change; change = change->next, place++) {
      if (mode == 1) {
        /* In order, the last one torn. */
        if (place > kept) break;
        rc = redo(&image, change, place < kept ? 100 : 50, state);
      } else if (mode == 2) {
        rc = redo(&image, change, chance, state);
      }
    }
  }
  if (rc == SQLITE_OK) rc = store(target, &image);
  free(image.bytes);
  return rc == SQLITE_OK ? count : -1;
}

/* "<seed>:<path>" */
static int cut(File *file, const char *argument, char **answer) {
  static const char *const suffixes[] = {"", "-wal", "-journal"};
  char *target = 0;
  sqlite3_uint64 state = argument ? strtoull(argument, &target, 10) : 0;
  int lost = 0, failed = 0;
  size_t i;
  if (!target || *target != ':' || !file->journal) return SQLITE_ERROR;
  sqlite3_mutex_enter(mutex);
  for (i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
    char *from = sqlite3_mprintf("%s%s", file->journal->path, suffixes[i]);
    char *to = sqlite3_mprintf("%s%s", target + 1, suffixes[i]);
    int count = from && to ? cut_file(from, to, &state) : -1;
    if (count < 0) failed = 1; else lost += count;
    sqlite3_free(from);
    sqlite3_free(to);
  }
  sqlite3_mutex_leave(mutex);
  if (failed) return SQLITE_IOERR;
  *answer = sqlite3_mprintf("%d", lost);
  return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *argument) {
  if (op == SQLITE_FCNTL_PRAGMA) {
    char **pragma = argument;
    if (sqlite3_stricmp(pragma[1], "power_cut") == 0) return cut((File *)f, pragma[2], &pragma[0]);
  }
  return REAL(f)->pMethods->xFileControl(REAL(f), op, argument);
}

static int file_close(sqlite3_file *f) { return REAL(f)->pMethods->xClose(REAL(f)); }
static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 o) {
  return REAL(f)->pMethods->xRead(REAL(f), p, n, o);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *size) {
  return REAL(f)->pMethods->xFileSize(REAL(f), size);
}
static int file_lock(sqlite3_file *f, int l) { return REAL(f)->pMethods->xLock(REAL(f), l); }
static int file_unlock(sqlite3_file *f, int l) { return REAL(f)->pMethods->xUnlock(REAL(f), l); }
static int file_reserved(sqlite3_file *f, int *out) {
  return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}
static int file_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
/* Promises nothing: no atomic writes, no order, a torn sector may hurt its neighbours in a page. */
static int file_characteristics(sqlite3_file *f) { (void)f; return 0; }
static int file_shm_map(sqlite3_file *f, int i, int n, int extend, void volatile **out) {
  return REAL(f)->pMethods->xShmMap(REAL(f), i, n, extend, out);
}
static int file_shm_lock(sqlite3_file *f, int o, int n, int flags) {
  return REAL(f)->pMethods->xShmLock(REAL(f), o, n, flags);
}
static void file_shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int file_shm_unmap(sqlite3_file *f, int d) { return REAL(f)->pMethods->xShmUnmap(REAL(f), d); }

/* Version 2: no xFetch, so nothing reads or writes past us through a memory map. */
static const sqlite3_io_methods methods = {
  2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock,
  file_unlock, file_reserved, file_control, file_sector, file_characteristics, file_shm_map,
  file_shm_lock, file_shm_barrier, file_shm_unmap, 0, 0
};

static int vfs_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out) {
  File *file = (File *)f;
  const int watched = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  int rc;
  (void)v;
  memset(file, 0, sizeof *file);
  file->real = (sqlite3_file *)&file[1];
  rc = real_vfs->xOpen(real_vfs, path, file->real, flags, out);
  if (rc != SQLITE_OK) return rc;
  if (path && (flags & watched)) {
    sqlite3_mutex_enter(mutex);
    file->journal = journal_of(path, 1);
    sqlite3_mutex_leave(mutex);
  }
  file->base.pMethods = &methods;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *path, int sync_directory) {
  Journal *journal;
  int rc;
  (void)v;
  sqlite3_mutex_enter(mutex);
  rc = real_vfs->xDelete(real_vfs, path, sync_directory);
  journal = journal_of(path, 0);
  if (journal) settle(journal, changes);
  sqlite3_mutex_leave(mutex);
  return rc;
}

__attribute__((constructor)) static void register_power_cut(void) {
  if (sqlite3_initialize() != SQLITE_OK) return;
  real_vfs = sqlite3_vfs_find(0);
  mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST);
  if (!real_vfs || !mutex) return;
  vfs = *real_vfs;
  vfs.zName = "power_cut";
  vfs.szOsFile = (int)sizeof(File) + real_vfs->szOsFile;
  vfs.pNext = 0;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  sqlite3_vfs_register(&vfs, 0);
}
