using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.People;

internal static class PeopleQueries
{
    // Who asks for access may see who can be asked for it, as every role reads what a viewer reads.
    public static void AddTo(ObjectGraphType root)
    {
        root.Field("groups", Of.One<ConnectionType<GroupType, Group>>())
            .Description("Groups of people, by name.")
            .Paged()
            .For(Role.Anyone)
            .ResolveAsync(async context =>
            {
                var people = await CurrentAsync(context);
                return PageOf(context, "groups", people.Groups.Keys, name => name, name => new Group(name, people, context.Time().GetUtcNow()));
            });
        root.Field("group", Of.Maybe<GroupType>())
            .Description("One group; null when nobody is in it.")
            .Argument(Of.Text, "name", argument => argument.Description = "Its name.")
            .For(Role.Anyone)
            .ResolveAsync(async context => Find(await CurrentAsync(context), context.GetArgument<string>("name"), context.Time().GetUtcNow()));
        root.Field("delegations", Of.One<ConnectionType<DelegationType, Delegation>>())
            .Description("Who acts for whom, now or later, by whom they act for.")
            .Paged()
            .For(Role.Anyone)
            .ResolveAsync(async context =>
            {
                var now = context.Time().GetUtcNow();
                var people = DirectoryRules.WithoutPast(await CurrentAsync(context), now);
                return PageOf(context, "delegations", people.Delegations, one => $"{one.From}\0{one.To}", one => one);
            });
        root.Field("departures", Of.One<ConnectionType<DepartureType, DepartureNode>>())
            .Description("Who has left, by name. What they still own: 'identities' with the filter 'orphaned'.")
            .Paged()
            .For(Role.Anyone)
            .ResolveAsync(async context =>
            {
                // In this order: whoever has no review left afterwards had departed before.
                var people = await CurrentAsync(context);
                var reviews = await Directory(context).Reviews();
                return PageOf(context, "departures", people.Departed.Keys.Select(name => NodeOf(people, name, reviews)).OfType<DepartureNode>(), node => node.Departure.Person, node => node);
            });
    }

    public static IDirectoryGrain Directory(IResolveFieldContext context) => context.Grains().GetGrain<IDirectoryGrain>(Directories.Main);

    public static DepartureNode? NodeOf(PeopleDirectory people, string person, IReadOnlyList<OwnershipReview> reviews) =>
        people.DepartureOf(person) is { } departure ? new(departure, reviews.FirstOrDefault(review => review.Person == person)) : null;

    private static Task<PeopleDirectory> CurrentAsync(IResolveFieldContext context) => Directory(context).Current();

    private static Group? Find(PeopleDirectory people, string name, DateTimeOffset now) => people.Groups.ContainsKey(name) ? new(name, people, now) : null;

    private static Page<T> PageOf<TKey, T>(IResolveFieldContext context, string list, IEnumerable<TKey> all, Func<TKey, string> keyOf, Func<TKey, T> show)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(list, context.GetArgument<string?>("after"));
        var sorted = all.Select(one => (Key: keyOf(one), One: one)).OrderBy(one => one.Key, StringComparer.Ordinal).ToArray();
        var rest = sorted.Where(one => after is null || string.CompareOrdinal(one.Key, after) > 0).Take(first + 1).ToArray();
        return Page<T>.Of([.. rest.Take(first).Select(one => new Edge<T>(Cursors.Encode(list, one.Key), show(one.One)))], rest.Length > first, after, sorted.Length);
    }
}
