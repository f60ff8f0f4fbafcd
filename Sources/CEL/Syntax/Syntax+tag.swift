extension Syntax.Kind {
  var tag: Syntax.Tag {
    switch self {
    case .literal: .literal
    case .name: .name
    case .select: .select
    case .has: .has
    case .index: .index
    case .call: .call
    case .negate: .negate
    case .not: .not
    case .binary: .binary
    case .logical: .logical
    case .conditional: .conditional
    case .list: .list
    case .map: .map
    case .loop: .loop
    case .bind: .bind
    case .optionalMap: .optionalMap
    }
  }
}
