import CLibpq

/// The rows one statement returned. They stay where libpq received them; a row decodes a
/// value when asked for it.
public struct Rows: Sendable, RandomAccessCollection {
  let box: ResultBox
  /// What tells how the statement ended, when its rows came one by one.
  let end: ResultBox

  init(box: ResultBox, end: ResultBox? = nil) {
    self.box = box
    self.end = end ?? box
  }

  /// Takes over a result of libpq, which may come from no server at all: the fuzzer's do not.
  package init(owning result: OpaquePointer) { self.init(box: ResultBox(result)) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { Int(PQntuples(box.result)) }

  public subscript(index: Int) -> Row {
    Row(box: box, index: Int32(index))
  }

  public var columnCount: Int { Int(PQnfields(box.result)) }

  /// The names of the columns; several may have the same.
  public var columnNames: [String] {
    (0..<columnCount).map { column in
      PQfname(box.result, Int32(column)).map { String(cString: $0) } ?? ""
    }
  }

  /// The types of the columns, by their oid in `pg_type`; of a domain the type that it is of.
  public var columnTypes: [UInt32] {
    (0..<columnCount).map { PQftype(box.result, Int32($0)) }
  }

  /// The types of the parameters of a statement that was parsed, by their oid in `pg_type`.
  var parameterTypes: [UInt32] {
    (0..<PQnparams(box.result)).map { PQparamtype(box.result, $0) }
  }

  /// The place of the first column of this name, exactly as spelt.
  public func columnIndex(_ name: String) -> Int? {
    (0..<columnCount).first { column in
      PQfname(box.result, Int32(column)).map { String(cString: $0) == name } ?? false
    }
  }

  /// What the server says it did, such as `INSERT 0 2`.
  public var commandTag: String {
    PQcmdStatus(end.result).map { String(cString: $0) } ?? ""
  }

  /// How many rows the statement returned or changed.
  public var affected: Int {
    PQcmdTuples(end.result).flatMap { Int(String(cString: $0)) } ?? 0
  }
}
