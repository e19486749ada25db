package statement

import "testing"

func TestWarningDue(t *testing.T) {
	t.Parallel()
	var told []int
	warned := NotWarned
	for left := 70; left >= -3; left-- {
		if next, due := WarningDue(left, warned); due {
			told = append(told, left)
			warned = next
		}
	}
	want := []int{60, 30, 15, 7, 3, 1, 0}
	if len(told) != len(want) {
		t.Fatalf("warned at %v, want %v", told, want)
	}
	for i := range want {
		if told[i] != want[i] {
			t.Errorf("warned at %v, want %v", told, want)
		}
	}
	if next, due := WarningDue(5, NotWarned); !due || next != 8 {
		t.Errorf("first seen with 5 days left: %d, %v; want the seven days' warning", next, due)
	}
	if _, due := WarningDue(5, 8); due {
		t.Error("the same warning twice")
	}
}
