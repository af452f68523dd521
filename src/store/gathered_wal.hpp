// A file system for SQLite (a VFS) that lays itself over another one and writes the write-ahead log
// in one piece.
//
// SQLite hands over each page of a commit in two writes, the head of its frame and its bytes: some
// sixty system calls a commit, a seventh of all that a sale costs the store. They follow each other
// in the file, so here they are gathered, and written at once when SQLite asks for the sync, or for
// anything else of that file.
//
// PROMISE    No commit is known, to this process or another, before it is in the file: with
//            synchronous=FULL SQLite makes it known after its sync. With less it would not, so a
//            store that asks for less must not use this.
// TROUBLE    A write that fails is told by the call that had it done, the sync as a rule. SQLite
//            rolls back all the same, for that comes before it makes the commit known. After an
//            I/O error the store stops and obeys the disk. On a full disk it goes on, and the next
//            process must not find what this one called undone: so what was written of it is cut
//            off the log again, which needs no room; if that fails it is an I/O error. Not so
//            while a log that was found is written once more (connection.cpp): all of it counts.
// LIMIT      What is gathered is at most 120 KiB; then it is written. SQLite's own VFS for POSIX
//            cannot write 128 KiB at once.
// Every other file is the other VFS's alone. For one connection, which has one log; one thread at a
// time.
#pragma once

#include <memory>
#include <string>

namespace taquilla::store {

class gathered_wal {
 public:
  struct implementation;

  /// Over the VFS of that name (empty: the system's). Throws sqlite_failure when there is none.
  explicit gathered_wal(const std::string& under);
  /// No file of it may be open.
  ~gathered_wal();
  gathered_wal(const gathered_wal&) = delete;
  gathered_wal& operator=(const gathered_wal&) = delete;

  /// By which name a connection is opened over it.
  const std::string& name() const;
  /// From now on nothing but commits is written, or (false, as in the beginning) other things too.
  void expect_commits(bool alone);
  /// What is gathered will not be written: SQLite does not know of it any more.
  void forget();

 private:
  std::unique_ptr<implementation> impl_;
};

}  // namespace taquilla::store
