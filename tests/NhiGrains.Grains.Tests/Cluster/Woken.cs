using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>Silos that were frozen while others took over.</summary>
internal static class Woken
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>The first answer of a grain whose activation may have to be given up, and those of others that it needs: to fail is no answer.</summary>
    public static async Task<T> AnswerAsync<T>(Func<Task<T>> ask)
    {
        var answers = new List<T>(1);
        Exception? last = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    answers.Add(await ask());
                }
                catch (Exception noticed)
                {
                    last = noticed; // The next activation loads what the store has.
                }

                return answers.Count > 0;
            },
            Bound, () => $"no answer: {last}", TestContext.Current.CancellationToken);
        return answers[0];
    }
}
