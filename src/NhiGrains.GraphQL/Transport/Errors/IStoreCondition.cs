using NhiGrains.Domain;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>What the store cannot do. The host registers one, since this project does not see the store.</summary>
public interface IStoreCondition
{
    /// <summary>Why nothing can be changed; null when everything can. Asked before each mutation.</summary>
    Refusal? ReadOnly { get; }

    /// <summary>What an exception that reached the front end means to a client; null when it is not about a store that cannot go on.</summary>
    Refusal? Explain(Exception exception);
}
