using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Microsoft.Extensions.Options;
using NhiGrains.GraphQL.Transport.Limits;

namespace NhiGrains.GraphQL.Transport.Documents;

/// <summary>From text to a document that is cheap enough to validate, or to the reason why not.</summary>
internal sealed class DocumentGate(IOptions<GraphQLTransportOptions> options, DocumentCache cache)
{
    private readonly DocumentLimits _limits = options.Value.Limits;

    // The scan has bounded the nesting as text; this bounds it as nodes, of which a level of text can have several.
    private readonly ParserOptions _parsing = new() { Ignore = IgnoreOptions.Comments, MaxDepth = options.Value.Limits.MaxNesting * 4 };

    public Admission Admit(ISchema schema, string text)
    {
        if (cache.Find(schema, text) is { } known)
            return new(known, null);
        if (TextScan.Check(text, _limits) is { } refusedAsText)
            return new(null, refusedAsText);

        GraphQLDocument document;
        try
        {
            document = Parser.Parse<GraphQLDocument>(text, _parsing);
        }
        catch (GraphQLSyntaxErrorException syntax)
        {
            return new(null, new SyntaxError(syntax));
        }

        if (DocumentCheck.Check(document, _limits) is { } refused)
            return new(null, refused);
        return new(new AdmittedDocument(document), null);
    }

    /// <summary>Called once the schema's rules passed: documents that fail are not worth a place.</summary>
    public void Remember(ISchema schema, string text, AdmittedDocument document)
    {
        document.MarkValidated();
        cache.Keep(schema, text, document);
    }

    internal readonly record struct Admission(AdmittedDocument? Document, ExecutionError? Error);
}
