// A store that has its connection, its schema and all its statements ready before it meets its
// file: for a simulator, which opens stores by the thousand, and to which parsing the same SQL
// again and again is a third of its time.
//
// HOW        `warm_store` opens the file at the path in the one way there is, prepares everything,
//            and lets go of the file: no lock, no page, no WAL is left in its hands. From there on
//            `open` takes over whatever file lies at the path, as a process that has just started
//            does: recovers its WAL, checks it after an unclean end, reads its settings back. Only
//            the schema is not read again; SQLite finds by the file's own number that it is the
//            one it knows. A store in memory (":memory:") has nothing to let go of: `open` finds
//            what was committed, and ends an open transaction.
// MEMORY     This object knows little, and SQLite everything. Who can put SQLite's memory back to
//            an earlier moment may take `now()` of that moment and hand it to `be()` after having
//            put it back: then connection and statements are what they were then, whatever became
//            of them meanwhile. Without that a warm store opens once.
// REFUSES    A file with another schema, as every store does.
// One thread at a time.
#pragma once

#include "store/database.hpp"

#include <memory>

namespace taquilla {

namespace store {
class sqlite_database;
}

class warm_store {
 public:
  /// What a store knows at one moment beside what SQLite knows.
  struct moment;

  /// Creates the store at the path if there is none, and lets go of it. Throws std::runtime_error.
  explicit warm_store(const sqlite_options& options);
  ~warm_store();
  warm_store(const warm_store&) = delete;
  warm_store& operator=(const warm_store&) = delete;

  /// From now on, of whatever moment: `batch_max` and `checkpoint_pages` of these options.
  void set_limits(const sqlite_options& from);
  /// Takes over the file at the path. The answer lives as long as this object.
  result<database*> open();
  /// Ends as a store does that is closed in order, under the statements that are kept: until `be`
  /// this object must not even be destroyed.
  void close();

  std::shared_ptr<const moment> now() const;
  void be(const moment& then);

 private:
  std::string path_;
  std::unique_ptr<store::sqlite_database> store_;
};

}  // namespace taquilla
