using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>Who has to agree: the keys <c>approvers</c> and <c>answerWithin</c> of a map.</summary>
internal sealed class ApprovalReader(PolicyProblems problems)
{
    /// <summary>How files write <see cref="ApprovalSeats.OwnerTeam"/>.</summary>
    private const string OwnerTeam = "owner-team";

    private const int MostPeople = 20;

    private static readonly TimeSpan Default = TimeSpan.FromDays(1);

    /// <summary>Null when the map has no approvers.</summary>
    public ApprovalRequirement? Read(MapReader reader)
    {
        var within = reader.Lifetime("answerWithin");
        if (reader.List("approvers") is not { } list)
            return null;
        if (list.Items.Count == 0)
            problems.Add(list.At, "'approvers' is an empty list, so nobody could agree.");
        var seats = list.Items.Select(ReadSeats).OfType<ApprovalSeats>().ToArray();
        if (seats.Sum(seat => (long)seat.Count) > MostPeople)
            problems.Add(list.At, $"At most {MostPeople} people can be asked to agree.");
        return ApprovalRequirement.Of(seats, within ?? Default);
    }

    public ExceptionTerms? ReadExceptions(MapReader reader)
    {
        if (reader.Map("exceptions") is not { } map)
            return null;
        var terms = new MapReader(map, "Exceptions", problems);
        var longest = terms.Lifetime("maxLifetime");
        var approval = Read(terms);
        if (longest is null)
            terms.Missing("maxLifetime");
        if (approval is null)
            terms.Missing("approvers");
        terms.Finish();
        return longest is { } lifetime && approval is not null ? new(lifetime, approval) : null;
    }

    public ReviewTerms? ReadReview(MapReader reader)
    {
        if (reader.Map("review") is not { } map)
            return null;
        var terms = new MapReader(map, "A review", problems);
        var (groups, within) = (Groups(terms), terms.Lifetime("within"));
        if (within is null)
            terms.Missing("within");
        terms.Finish();
        return groups is not null && within is { } time ? new(groups, time) : null;
    }

    private ApprovalSeats? ReadSeats(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"Approvers are maps with the key groups, but this is {node.Is}.");
            return null;
        }

        var reader = new MapReader(map, "Approvers", problems);
        var groups = Groups(reader);
        var count = reader.Number("count", 1, MostPeople) ?? 1;
        reader.Finish();
        return groups is null ? null : new(groups, count);
    }

    private static string[]? Groups(MapReader reader)
    {
        if (!reader.Has("groups"))
            reader.Missing("groups");
        return reader.Words("groups")?.Select(group => group == OwnerTeam ? ApprovalSeats.OwnerTeam : group).Order(StringComparer.Ordinal).ToArray();
    }
}
