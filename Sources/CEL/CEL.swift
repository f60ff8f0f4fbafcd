// The Common Expression Language.
//
// A text becomes a value in five stages, each of which knows only the one before:
//
//     text -> Lexer -> Parser -> Checker -> Compiler -> evaluation
//     bytes   Token    Syntax    CELType    any Node    CELValue
//
// `CELEnvironment` holds the names that expressions may use and compiles them; a
// `CELExpression` is evaluated with the values in `CELBindings`; a `CELTemplate` is text or
// JSON with expressions in `${{ }}`. All of these are values, may be used from anywhere, and
// have no state: the same expression over the same values gives the same value.
//
// The specification of the language decides what an expression means; `CELOptions` names the
// one thing that is added to it. Documents are not copied: a value may refer into the bytes of
// a `JSONDocument`, and is written out again as a slice of them.
//
// What comes in is not trusted. Whatever the text, the pattern or the document, nothing
// crashes, the depth of every recursion is bounded, and `CELLimits` bounds steps, memory and
// output, so that every call ends quickly. What can go wrong is a `CELError` with its place.
