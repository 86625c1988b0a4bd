using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Platforms;

internal static class PlatformMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        root.Mutation<RefreshPlatformInputType, RefreshInput, PlatformSuccessType>(
            "refreshPlatform",
            "Has a whole platform read, and every identity that differs looked at. Waits for 'waitSeconds', and goes on by itself after that: the answer says whether it is finished.",
            Role.Operator, RefreshAsync);
        UnmanagedMutations.AddTo(root);
    }

    private static async Task<object> RefreshAsync(RefreshInput input, string key, IResolveFieldContext context)
    {
        if (PlatformQueries.CheckKnown(context, input.Platform) is { } refusal)
            return refusal;
        if (input.WaitSeconds < 0 || input.WaitSeconds > SweepWaits.Longest.TotalSeconds)
            return new Refusal("INVALID_WAIT", $"A wait lasts 0 to {SweepWaits.Longest.TotalSeconds} seconds.", "Wait shorter, and look at 'lastSweep' of the platform for the rest.", "waitSeconds");
        var order = new SweepOrder(context.Caller().Actor, key, TimeSpan.FromSeconds(input.WaitSeconds));
        var answer = await context.Grains().GetGrain<IPlatformGrain>(input.Platform).Sweep(order);
        return new PlatformSuccess(answer.Platform, answer.Progress);
    }
}

internal sealed record RefreshInput(string Platform, int WaitSeconds, string? IdempotencyKey) : IMutationInput;

internal sealed class RefreshPlatformInputType : DescribedInput<RefreshInput>
{
    private const int DefaultSeconds = 10;

    public RefreshPlatformInputType()
        : base("RefreshPlatformInput", "Which platform to read.")
    {
        Take("platform", Of.Text, "The platform's id.");
        Take("waitSeconds", Of.Int, $"How long to wait for the end, in seconds: 0 to {SweepWaits.Longest.TotalSeconds}.", DefaultSeconds);
        Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
    }

    protected override RefreshInput Parse(Given given) =>
        new(given.Get<string>("platform"), given.Get<int>("waitSeconds"), given.Find<string>("idempotencyKey"));
}

internal sealed class SweepProgressType() : DescribedEnum<SweepProgress>("SweepProgress", "How far the reading of a whole platform is that was asked for.",
    (SweepProgress.Running, "Under way, or waiting for another one to end: look at 'lastSweepStarted' of the platform, or repeat the call with the same key."),
    (SweepProgress.Done, "Finished."),
    (SweepProgress.Failed, "The platform could not be read as a whole; its 'message' says why. It is tried again soon."));

internal sealed record PlatformSuccess(PlatformView Platform, SweepProgress Progress);

internal sealed class PlatformSuccessType : Described<PlatformSuccess>
{
    public PlatformSuccessType()
        : base("PlatformSuccess", "The platform is being read, or was.")
    {
        Show("platform", Of.One<PlatformType>(), "What is known of it now.", success => success.Platform);
        Show("progress", Of.One<SweepProgressType>(), "Whether the reading that was asked for is finished.", success => success.Progress);
    }
}
