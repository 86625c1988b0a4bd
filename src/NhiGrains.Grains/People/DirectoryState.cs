using NhiGrains.Domain.People;
using NhiGrains.Grains.Audit;
using NhiGrains.Grains.Identities;

namespace NhiGrains.Grains.People;

/// <summary>What is stored of people. History is in the audit log, not here.</summary>
[GenerateSerializer]
[Alias("nhi.directory-state")]
internal sealed record DirectoryState
{
    [Id(0)]
    public PeopleDirectory People { get; init; } = PeopleDirectory.Empty;

    /// <summary>Departures and returns that not every identity knows of yet, one a person, the oldest first.</summary>
    [Id(1)]
    public OpenReview[] Open { get; init; } = [];

    [Id(2)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>The last commands, for their idempotency keys.</summary>
    [Id(3)]
    public DoneCommand[] Done { get; init; } = [];

    /// <summary>Of departures and returns.</summary>
    [Id(4)]
    public LastTold Told { get; init; } = LastTold.Nothing;

    /// <summary>With the place of a review. The same instance when the review is over, or another one of the same person has begun since.</summary>
    public DirectoryState With(OpenReview review) =>
        Has(review) ? this with { Open = [.. Open.Select(open => open.Id == review.Id ? review : open)] } : this;

    public DirectoryState Without(OpenReview review) => Has(review) ? this with { Open = [.. Open.Where(open => open.Id != review.Id)] } : this;

    public bool Has(OpenReview review) => Open.Any(open => open.Id == review.Id);
}

/// <summary>A way through the catalog, to tell the identities of one person that the person has left or come back.</summary>
/// <param name="Id">Of the command that it follows from: another one of the same person takes its place.</param>
/// <param name="Actor">Who recorded it.</param>
/// <param name="Shard">The shard that it is at; all of them are through when it is their number.</param>
/// <param name="After">The key in the shard that it is behind.</param>
/// <param name="Unanswered">Identities that were passed by since they did not answer.</param>
[GenerateSerializer]
[Alias("nhi.open-review")]
internal sealed record OpenReview(
    [property: Id(0)] string Id,
    [property: Id(1)] string Person,
    [property: Id(2)] string Actor,
    [property: Id(3)] int Shard,
    [property: Id(4)] string? After,
    [property: Id(5)] string[] Unanswered);
