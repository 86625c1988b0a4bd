using NhiGrains.Domain;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.Storage;

namespace NhiGrains.Host.Composition;

/// <summary>The store's limits in the words of the API. No key and no path is told: those are in the log.</summary>
internal sealed class StoreCondition(NhiStore store) : IStoreCondition
{
    private static readonly Refusal Salvaging = new(
        "STORE_READ_ONLY",
        "The store is open for reading only, to be salvaged: nothing is changed, granted or revoked.",
        "Read what you need, then have an operator start the server without --salvage on a store that is whole.");

    private static readonly Refusal Lost = new(
        "STORE_LOST",
        "The store has lost what this is about, so nothing is known of it.",
        "Have an operator stop the server and restore the store, or read what is left of it with --salvage. Do not take it for absent.");

    public Refusal? ReadOnly => store.IsReadOnly ? Salvaging : null;

    public Refusal? Explain(Exception exception) => exception switch
    {
        StoreReadOnlyException => Salvaging,
        StoreLostException => Lost,
        // Calls between grains, and activations that fail, wrap what was thrown.
        { InnerException: { } cause } => Explain(cause),
        _ => null,
    };
}
