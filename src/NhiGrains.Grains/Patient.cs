namespace NhiGrains.Grains;

/// <summary>Waits for somebody else for so long, where others wait behind.</summary>
internal static class Patient
{
    /// <exception cref="TimeoutException">It was not done within <paramref name="patience"/>. It goes on, and whatever becomes of it is nobody's any more.</exception>
    public static Task Within(this Task work, TimeSpan patience, TimeProvider time)
    {
        work.Ignore();
        return work.WaitAsync(patience, time);
    }

    /// <inheritdoc cref="Within(Task, TimeSpan, TimeProvider)"/>
    public static Task<T> Within<T>(this Task<T> answer, TimeSpan patience, TimeProvider time)
    {
        answer.Ignore();
        return answer.WaitAsync(patience, time);
    }
}
